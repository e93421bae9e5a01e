import { CallerShares } from '@clarion/connections';
import { createDeadline } from '@clarion/deadlines';
import type { Digest } from '@clarion/model';
import type { UseCaseContext, MatchSettings } from './context';
import { isSubmitted, requireImage, viewsOf } from './image-view';
import { pause } from './event-fan-out';
import { PreconditionError } from './precondition-error';
import type { ImageUseCases, ImageView } from './use-cases';

/**
 * Waiting callers also poll the store, in case events are lost: soon at first, as the events of fast work may come
 * before the subscription, then less and less often, and less often the more images are waited for.
 */
const [firstLookMillis, longestLookMillis, lookMillisAnImage] = [50, 2000, 10];

const askAgainSeconds = 10;

type StateContext = MatchSettings & Pick<UseCaseContext, 'store' | 'fanOut' | 'limits'>;

/** `get` and `watch` of images. All callers who wait for one image share one poll of the store. */
export function imageStates(context: StateContext): Pick<ImageUseCases, 'get' | 'watch'> {
  const waiting = new CallerShares(context.limits.waiting);
  const watched = new Map<Digest, WatchedImage>();
  const watch = (digest: Digest, signal: AbortSignal): AsyncGenerator<ImageView, void> =>
    follow(digest, signal, { watched, context });
  return {
    watch,
    async get(digest, wait) {
      const image = await requireImage(digest, context.store);
      const [view] = await viewsOf([image], context);
      if (view === undefined) throw new TypeError('An image has one view');
      if (wait === undefined || wait.waitMillis <= 0 || isFinal(view)) return view;
      const { caller = '' } = wait;
      const taken = waiting.take(caller);
      if (taken !== 'taken') throw tooManyWait(taken);
      const { signal, clear } = createDeadline(wait.waitMillis, wait.signal);
      let last = view;
      try {
        for await (const seen of watch(digest, signal)) last = seen;
      } finally {
        clear();
        waiting.give(caller);
      }
      return last;
    },
  };
}

function tooManyWait(taken: 'share-used' | 'all-used'): PreconditionError {
  const who = taken === 'share-used' ? 'This caller waits' : 'Callers wait';
  return new PreconditionError('too-many-requests', `${who} for too many images at the same time`, askAgainSeconds);
}

/** An image that callers wait for, and its latest view. */
interface WatchedImage {
  readonly stop: AbortController;
  followers: number;
  /** The number of views so far; `view` is the last one. */
  seen: number;
  view?: ImageView;
  /** There will be no more views. */
  over?: { readonly error?: unknown };
  /** Called once, with the next view or at the end. */
  readonly waiting: Set<() => void>;
}

interface Watching {
  readonly watched: Map<Digest, WatchedImage>;
  readonly context: StateContext;
}

/** Yields the current view of an image and each later one; a slow reader misses some of those between. */
async function* follow(digest: Digest, signal: AbortSignal, watching: Watching): AsyncGenerator<ImageView, void> {
  const image = watching.watched.get(digest) ?? startWatching(digest, watching);
  image.followers++;
  try {
    for (let shown = 0; ;) {
      const { seen, view, over } = image;
      if (view !== undefined && seen > shown) yield view;
      else if (over !== undefined) {
        if ('error' in over) throw over.error;
        return;
      } else if (isOver(signal)) return;
      else await nextView(image, signal);
      shown = seen;
    }
  } finally {
    image.followers--;
    if (image.followers === 0) {
      image.stop.abort();
      forget(digest, image, watching);
    }
  }
}

function startWatching(digest: Digest, watching: Watching): WatchedImage {
  const image: WatchedImage = { stop: new AbortController(), followers: 0, seen: 0, waiting: new Set() };
  watching.watched.set(digest, image);
  const notify = (): void => {
    for (const resume of image.waiting) resume();
  };
  const watch = async (): Promise<void> => {
    for await (const view of look(digest, image.stop.signal, watching)) {
      image.view = view;
      image.seen++;
      notify();
    }
  };
  const end = (over: NonNullable<WatchedImage['over']>): void => {
    image.over = over;
    forget(digest, image, watching);
    notify();
  };
  watch().then(
    () => {
      end({});
    },
    (error: unknown) => {
      end({ error });
    },
  );
  return image;
}

/** The next call starts a new watch. */
function forget(digest: Digest, image: WatchedImage, { watched }: Watching): void {
  if (watched.get(digest) === image) watched.delete(digest);
}

/** The image now and at each change of its state, until that is final. */
async function* look(
  digest: Digest,
  signal: AbortSignal,
  { watched, context }: Watching,
): AsyncGenerator<ImageView, void> {
  let wake = new AbortController();
  // Subscribes before the first look, so that nothing that happens between the two is missed.
  const unsubscribe = context.fanOut.subscribe(({ event }) => {
    if ('image' in event && event.image === digest) wake.abort();
  });
  try {
    let shown: string | undefined;
    for (let millis = firstLookMillis; ; millis = Math.min(2 * millis, longestLookMillis)) {
      wake = new AbortController();
      const image = await context.store.image(digest);
      if (!isSubmitted(image)) {
        if (shown === undefined) await requireImage(digest, context.store);
        return;
      }
      const { submission } = image;
      const key = `${submission.id} ${submission.state}`;
      if (key !== shown) {
        shown = key;
        yield* await viewsOf([image], context);
      }
      if (isFinal(submission) || isOver(signal)) return;
      await pause(Math.max(millis, lookMillisAnImage * watched.size), AbortSignal.any([signal, wake.signal]));
      if (isOver(signal)) return;
    }
  } finally {
    unsubscribe();
  }
}

/** Resolves with the next view, at the end, or when `signal` aborts. */
function nextView({ waiting }: WatchedImage, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const resume = (): void => {
      waiting.delete(resume);
      signal.removeEventListener('abort', resume);
      resolve();
    };
    waiting.add(resume);
    signal.addEventListener('abort', resume);
  });
}

function isFinal({ state }: Pick<ImageView, 'state'>): boolean {
  return state === 'indexed' || state === 'failed';
}

/** Checked again each time: its value before a pause is not valid after it. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
