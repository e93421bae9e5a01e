import { createDeadline } from '@clarion/deadlines';
import type { Digest } from '@clarion/model';
import type { Context, MatchSettings } from './context';
import { isSubmitted, requireImage, viewsOf } from './image-view';
import { pause } from './news-fan-out';
import type { ImageUseCases, ImageView } from './use-cases';

/**
 * The store is asked while waiting, should news be lost: soon at first, as news of what ends at once may come before
 * anybody listens, then less and less often.
 */
const [firstLookMillis, longestLookMillis] = [50, 2000];

type StateContext = MatchSettings & Pick<Context, 'store' | 'fanOut'>;

/** `ImageUseCases.get`. */
export async function getImage(
  digest: Digest,
  wait: Parameters<ImageUseCases['get']>[1],
  context: StateContext,
): Promise<ImageView> {
  const image = await requireImage(digest, context.store);
  const [view] = await viewsOf([image], context);
  if (view === undefined) throw new TypeError('An image has one view');
  if (wait === undefined || wait.waitMillis <= 0 || isFinal(view)) return view;
  const { signal, clear } = createDeadline(wait.waitMillis, wait.signal);
  let last = view;
  try {
    for await (const seen of watchImage(digest, signal, context)) last = seen;
  } finally {
    clear();
  }
  return last;
}

/** `ImageUseCases.watch`. */
export async function* watchImage(
  digest: Digest,
  signal: AbortSignal,
  context: StateContext,
): AsyncGenerator<ImageView, void> {
  let wake = new AbortController();
  // Subscribed before the first look: nothing that happens between the two is missed.
  const unsubscribe = context.fanOut.subscribe(({ event }) => {
    if ('image' in event && event.image === digest) wake.abort();
  });
  try {
    let shown: string | undefined;
    for (let look = firstLookMillis; ; look = Math.min(2 * look, longestLookMillis)) {
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
      await pause(look, AbortSignal.any([signal, wake.signal]));
      if (isOver(signal)) return;
    }
  } finally {
    unsubscribe();
  }
}

function isFinal({ state }: Pick<ImageView, 'state'>): boolean {
  return state === 'indexed' || state === 'failed';
}

/** Asked anew each time: what is known of it before a pause says nothing after it. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
