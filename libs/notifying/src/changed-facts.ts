import type { MatchFacts } from '@clarion/matching';
import type { Advisory, AdvisoryGroup, StatementChange } from '@clarion/model';
import { onlyAbout } from './narrow-groups';
import { keyOf, readOnce } from './read-once';

/** What feeds say, as it was before a change and after it; all else is as it is now, and stays so. */
export interface ChangedFacts {
  readonly before: MatchFacts;
  readonly after: MatchFacts;
  /** All ids under which the changed statements speak of flaws. */
  readonly about: ReadonlySet<string>;
}

export interface ChangedStatements {
  /** All changes of one update about one vulnerability. */
  readonly changes: readonly StatementChange[];
  /** Changes of the same update that count as not made yet, on both sides (see `related-changes.ts`). */
  readonly later?: readonly StatementChange[];
}

/**
 * Facts with exactly the changed statements put back, or forward: what later updates made of them does not blur this
 * change. Everything is read once, so that both sides stand on the same ground, and what is about other flaws is left out.
 */
export function changedFacts(facts: MatchFacts, { changes, later = [] }: ChangedStatements): ChangedFacts {
  const about = new Set(changes.flatMap(({ before, after }) => [...before, ...after].flatMap(idsOf)));
  const shared = readOnce(facts);
  const notYet = later.map((change) => ({ ...change, after: change.before }));
  const side = (which: 'before' | 'after'): MatchFacts => ({
    ...shared,
    advisories: groupsWith({ base: shared, changes: [...changes, ...notYet], which, about }),
  });
  return { before: side('before'), after: side('after'), about };
}

function idsOf({ id, aliases = [] }: Advisory): readonly string[] {
  return [id, ...aliases];
}

interface Patch {
  readonly base: Pick<MatchFacts, 'advisories'>;
  readonly changes: readonly StatementChange[];
  readonly which: 'before' | 'after';
  readonly about: ReadonlySet<string>;
}

function groupsWith({ base, changes, which, about }: Patch): MatchFacts['advisories'] {
  const byName = new Map<string, StatementChange[]>();
  for (const change of changes) {
    const key = keyOf([change.namespace, change.package]);
    byName.set(key, [...(byName.get(key) ?? []), change]);
  }
  return async (names) => {
    const groups = await base.advisories(names);
    const changed = names.flatMap(([namespace, name]) => byName.get(keyOf([namespace, name])) ?? []);
    return onlyAbout(
      about,
      changed.reduce<readonly AdvisoryGroup[]>((all, one) => patched(all, one, one[which]), groups),
    );
  };
}

/** The groups with exactly these statements about the vulnerability of a change, in its document. */
function patched(
  groups: readonly AdvisoryGroup[],
  change: StatementChange,
  statements: readonly Advisory[],
): readonly AdvisoryGroup[] {
  const at = groups.findIndex((group) => isPlaceOf(change, group));
  const known = groups[at];
  if (known === undefined) {
    if (statements.length === 0) return groups;
    const { namespace, package: name, feed, document, nameKind, scheme, epochs } = change;
    const place = { namespace, package: name, feed, document, nameKind, scheme };
    return [...groups, { ...place, ...(epochs === undefined ? {} : { epochs }), advisories: statements }];
  }
  const others = known.advisories.filter(({ id }) => id !== change.vulnerability);
  const advisories = [...others, ...statements];
  // A feed that had nothing else to say of the package did not know it.
  const isGone = advisories.length === 0 && known.advisories.length > 0;
  return groups.toSpliced(at, 1, ...(isGone ? [] : [{ ...known, advisories }]));
}

function isPlaceOf(change: StatementChange, group: AdvisoryGroup): boolean {
  return (
    change.feed === group.feed &&
    change.document === group.document &&
    change.namespace === group.namespace &&
    change.package === group.package
  );
}
