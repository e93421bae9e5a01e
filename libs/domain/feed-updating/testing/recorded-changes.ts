import { isTextChange, type FactChange, type StatementChange, type ChangeStore } from '@clarion/model';

/** The changes that updates recorded and that nobody has taken yet; they are published then. */
export async function takeChanges(store: ChangeStore): Promise<readonly FactChange[]> {
  const changes: FactChange[] = [];
  for (const pending of await store.pendingChanges(10_000)) {
    for await (const change of store.changes(pending)) changes.push(change);
    await store.markPublished([pending]);
  }
  return changes;
}

/** Those of statements among them. */
export async function takeStatementChanges(store: ChangeStore): Promise<readonly StatementChange[]> {
  return (await takeChanges(store)).flatMap((change) => (isTextChange(change) ? [] : [change]));
}
