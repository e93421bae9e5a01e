import { isTextChange, type ChangedVulnerability, type ChangeStore, type FactChange } from '@clarion/model';

/** Most aliases that are looked up for one change. */
const maxAliases = 50;

/**
 * One update can change what it says of one flaw under two ids: a flaw gets its CVE, or two entries about it go. Each id is
 * a message of its own, and told one by one they must add up to what changed in all. So they are taken as if made one
 * after the other: a change that names the other's id comes first, and sees the other one as not made yet; where both name
 * each other, the lesser id comes first.
 */
export async function laterChanges(
  { update, vulnerability }: ChangedVulnerability,
  changes: readonly FactChange[],
  store: Pick<ChangeStore, 'changes'>,
): Promise<readonly FactChange[]> {
  const later: FactChange[] = [];
  const aliases = aliasesOf(changes);
  for (const alias of [...aliases].sort().slice(0, maxAliases)) {
    if (alias === vulnerability) continue;
    const others = await collect(store.changes({ update, vulnerability: alias }));
    const comesFirst = aliasesOf(others).has(vulnerability) && alias < vulnerability;
    if (!comesFirst) later.push(...others);
  }
  return later;
}

/** Only those of statements make two ids one flaw. */
function aliasesOf(changes: readonly FactChange[]): ReadonlySet<string> {
  const statements = changes.flatMap((change) => (isTextChange(change) ? [] : [...change.before, ...change.after]));
  return new Set(statements.flatMap(({ aliases = [] }) => aliases));
}

/** All of a stream of changes. One vulnerability's are at most some ten thousand rows. */
export async function collect(changes: AsyncIterable<FactChange>): Promise<readonly FactChange[]> {
  const all: FactChange[] = [];
  for await (const change of changes) all.push(change);
  return all;
}
