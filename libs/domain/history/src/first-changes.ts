import type { ChangesSince, LoggedChange } from '@clarion/model';

/**
 * The first change of each record after the revisions of `since`, by what it is about: its `before` is the record as it
 * was at these revisions. Later changes are dropped at once, so that a long log needs no memory. Changes of feeds that
 * are not in `since` are left out.
 */
export async function firstChanges<Change extends LoggedChange>(
  changes: AsyncIterable<Change>,
  since: ChangesSince,
  keyOf: (change: Change) => string,
): Promise<ReadonlyMap<string, Change>> {
  const first = new Map<string, Change>();
  for await (const change of changes) {
    const seen = since.get(change.feed);
    if (seen === undefined || change.update <= seen) continue;
    const key = keyOf(change);
    const known = first.get(key);
    if (known === undefined || change.update < known.update) first.set(key, change);
  }
  return first;
}
