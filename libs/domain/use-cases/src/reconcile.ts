import type { ImageState, StoredImage } from '@clarion/model';
import type { Context } from './context';
import { isSubmitted } from './image-view';
import { order } from './submit-image';

export interface ReconcileOptions {
  /** Submissions younger than this are left alone; default 60 s. */
  readonly olderThanSeconds?: number;
  readonly signal?: AbortSignal;
}

const unfinished: readonly ImageState[] = ['queued', 'indexing'];
const pageSize = 200;

/**
 * Puts the work for images that are not finished on the bus again: what a process that died between writing a
 * submission and publishing its work has left, and what a bus without memory has lost. Work that is still there is done
 * once more, and finds its layers known. Resolves to the number of images.
 */
export async function reconcile(context: Context, options: ReconcileOptions = {}): Promise<number> {
  const { olderThanSeconds = 60, signal } = options;
  const before = new Date(context.now().getTime() - olderThanSeconds * 1000).toISOString();
  let ordered = 0;
  for (const state of unfinished) {
    for await (const image of imagesOf(state, context)) {
      signal?.throwIfAborted();
      if (!isSubmitted(image) || image.submission.submittedAt > before) continue;
      await order(image, context);
      ordered += 1;
    }
  }
  return ordered;
}

async function* imagesOf(state: ImageState, { store }: Pick<Context, 'store'>): AsyncGenerator<StoredImage> {
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
