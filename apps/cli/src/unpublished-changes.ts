import type { Store } from '@clarion/model';

/** What is read and written about changes of which nobody is notified. */
type ChangeQueue = Pick<Store, 'images' | 'pendingChanges' | 'markPublished'>;

/**
 * Whether nobody is notified of changes of the facts in this store: no image was ever submitted to a process that serves
 * from it.
 */
export async function isUnpublished(store: Pick<Store, 'images'>): Promise<boolean> {
  return (await store.images({ by: 'all' }, { limit: 1 })).items.length === 0;
}

/** Changes that are marked at once. */
const batch = 5000;

/**
 * Takes changes off the queue where nobody is notified of them; they stay in the history. An image that was submitted
 * while they were recorded keeps them there, so this has to be called after the commit.
 */
export async function settleUnpublished(store: ChangeQueue): Promise<void> {
  if (!(await isUnpublished(store))) return;
  for (;;) {
    const pending = await store.pendingChanges(batch);
    if (pending.length === 0) return;
    await store.markPublished(pending);
  }
}
