import { isTextChange, type ChangedVulnerability, type ChangeStore, type FactChange } from '@clarion/model';

/** The maximum number of aliases that are looked up for one change. */
const maxAliases = 50;

/**
 * One update can change the advisories of one vulnerability under two ids: it gets a CVE id, or two entries about it
 * are removed. Each id is a separate message, and together the messages must add up to the whole change. So the changes
 * are treated as sequential: a change that names the other's id comes first, and treats the other one as pending; if
 * both name each other, the smaller id comes first.
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

/** Only the aliases of advisories make two ids one vulnerability. */
function aliasesOf(changes: readonly FactChange[]): ReadonlySet<string> {
  const advisories = changes.flatMap((change) => (isTextChange(change) ? [] : [...change.before, ...change.after]));
  return new Set(advisories.flatMap(({ aliases = [] }) => aliases));
}

/** Collects a stream of changes. One vulnerability has at most some ten thousand rows. */
export async function collect(changes: AsyncIterable<FactChange>): Promise<readonly FactChange[]> {
  const all: FactChange[] = [];
  for await (const change of changes) all.push(change);
  return all;
}
