import { isTextChange, type FactChange, type AdvisoryChange, type ChangeStore } from '@clarion/model';

/** The changes that updates recorded and that are not published yet; marks them as published. */
export async function takeChanges(store: ChangeStore): Promise<readonly FactChange[]> {
  const changes: FactChange[] = [];
  for (const pending of await store.pendingChanges(10_000)) {
    for await (const change of store.changes(pending)) changes.push(change);
    await store.markPublished([pending]);
  }
  return changes;
}

/** Only the changes of advisories. */
export async function takeAdvisoryChanges(store: ChangeStore): Promise<readonly AdvisoryChange[]> {
  return (await takeChanges(store)).flatMap((change) => (isTextChange(change) ? [] : [change]));
}
