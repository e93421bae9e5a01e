import type { ImageState, StoredImage } from '@clarion/model';
import type { UseCaseContext } from './context';
import { isSubmitted } from './image-view';
import { distinctLayers } from './layer-work';
import { callersOf, order } from './submit-image';
import type { SubmittedImage } from './use-cases';

export interface ReconcileOptions {
  /** Submissions younger than this are left alone; default 60 s. */
  readonly olderThanSeconds?: number;
  readonly signal?: AbortSignal;
}

const unfinished: readonly ImageState[] = ['queued', 'indexing'];
const pageSize = 200;

/**
 * Publishes the work for unfinished images again: work lost by a process that died between writing a submission and
 * publishing its work, or by a bus without persistence. Work that still exists is done once more, and finds its
 * layers known. Resolves to the number of images.
 */
export async function reconcile(context: UseCaseContext, options: ReconcileOptions = {}): Promise<number> {
  const { olderThanSeconds = 60, signal } = options;
  const before = new Date(context.now().getTime() - olderThanSeconds * 1000).toISOString();
  const withRoom = createRoom(context);
  let ordered = 0;
  for (const state of unfinished) {
    for await (const image of imagesOf(state, context)) {
      signal?.throwIfAborted();
      if (!isSubmitted(image) || image.submission.submittedAt > before) continue;
      const callers = await withRoom(image);
      if (callers.length === 0) continue;
      await order(image, context, callers);
      ordered += 1;
    }
  }
  return ordered;
}

/**
 * The callers of an image whose waiting work is below the limit. Otherwise a bus that forgets what it has would take
 * the work of one caller again each time, until there is room for nobody; lost work of such a caller is found when
 * less of it waits.
 */
function createRoom({ bus, limits }: Pick<UseCaseContext, 'bus' | 'limits'>) {
  const waiting = new Map<string | undefined, number>();
  return async (image: SubmittedImage): Promise<readonly (string | undefined)[]> => {
    const found: (string | undefined)[] = [];
    for (const caller of callersOf(image)) {
      const before = waiting.get(caller) ?? (await bus.backlog('work.layer', caller)).ofCaller;
      waiting.set(caller, before);
      if (before >= limits.waitingLayers) continue;
      waiting.set(caller, before + distinctLayers(image.image).length);
      found.push(caller);
    }
    return found;
  };
}

async function* imagesOf(state: ImageState, { store }: Pick<UseCaseContext, 'store'>): AsyncGenerator<StoredImage> {
  let after: string | undefined;
  do {
    const page = await store.images(
      { by: 'state', state },
      { limit: pageSize, ...(after === undefined ? {} : { after }) },
    );
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}
