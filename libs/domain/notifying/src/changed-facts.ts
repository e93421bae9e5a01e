import type { MatchFacts } from '@clarion/matching';
import {
  isTextChange,
  type Advisory,
  type AdvisoryGroup,
  type FactChange,
  type AdvisoryChange,
  type TextChange,
} from '@clarion/model';
import { onlyAbout } from './narrow-groups';
import { keyOf, readOnce } from './read-once';

/** The facts before and after a change; everything else is as of now, and stays the same. */
export interface ChangedFacts {
  readonly before: MatchFacts;
  readonly after: MatchFacts;
  /** All ids under which the change refers to vulnerabilities. */
  readonly about: ReadonlySet<string>;
}

export interface RelatedChanges {
  /** All changes of one update about one vulnerability. */
  readonly changes: readonly FactChange[];
  /** Changes of the same update that are treated as pending on both sides (see `related-changes.ts`). */
  readonly later?: readonly FactChange[];
}

/**
 * Facts with exactly this change undone, or applied: later updates do not affect the comparison. Everything is read
 * once, so both sides have the same base, and advisories about other vulnerabilities are left out.
 */
export function changedFacts(facts: MatchFacts, { changes, later = [] }: RelatedChanges): ChangedFacts {
  const about = new Set(changes.flatMap(namedIn));
  const shared = readOnce(facts);
  // Pending changes are in their old form on both sides.
  const advisoryChanges = [
    ...advisoryChangesIn(changes),
    ...advisoryChangesIn(later).map((one) => ({ ...one, after: one.before })),
  ];
  const texts = [...textsIn(changes), ...textsIn(later).map((one) => ({ ...one, after: one.before }))];
  const side = (which: 'before' | 'after'): MatchFacts => ({
    ...shared,
    advisories: groupsWith({ base: shared, changes: advisoryChanges, which, about }),
    vulnerabilities: textsWith({ base: shared, changes: texts, which }),
  });
  return { before: side('before'), after: side('after'), about };
}

export function advisoryChangesIn(changes: readonly FactChange[]): readonly AdvisoryChange[] {
  return changes.filter((change): change is AdvisoryChange => !isTextChange(change));
}

export function textsIn(changes: readonly FactChange[]): readonly TextChange[] {
  return changes.filter(isTextChange);
}

function namedIn(change: FactChange): readonly string[] {
  return isTextChange(change) ? [change.vulnerability] : [...change.before, ...change.after].flatMap(idsOf);
}

function idsOf({ id, aliases = [] }: Advisory): readonly string[] {
  return [id, ...aliases];
}

interface Patch<Change, Read extends keyof MatchFacts> {
  readonly base: Pick<MatchFacts, Read>;
  readonly changes: readonly Change[];
  readonly which: 'before' | 'after';
}

function textsWith({ base, changes, which }: Patch<TextChange, 'vulnerabilities'>): MatchFacts['vulnerabilities'] {
  return async (ids) => {
    const known = new Map((await base.vulnerabilities(ids)).map((one) => [one.id, one]));
    for (const { vulnerability: id, feed, [which]: text } of changes) {
      const others = (known.get(id)?.texts ?? []).filter((one) => one.feed !== feed);
      known.set(id, { id, texts: text === null ? others : [...others, text] });
    }
    return ids.flatMap((id) => known.get(id) ?? []);
  };
}

function groupsWith(
  patch: Patch<AdvisoryChange, 'advisories'> & { readonly about: ReadonlySet<string> },
): MatchFacts['advisories'] {
  const { base, changes, which, about } = patch;
  const byName = new Map<string, AdvisoryChange[]>();
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

/** The groups with exactly these advisories about the vulnerability of a change, in its document. */
function patched(
  groups: readonly AdvisoryGroup[],
  change: AdvisoryChange,
  replacement: readonly Advisory[],
): readonly AdvisoryGroup[] {
  const at = groups.findIndex((group) => isGroupOf(change, group));
  const known = groups[at];
  if (known === undefined) {
    if (replacement.length === 0) return groups;
    const { namespace, package: name, feed, document, nameKind, scheme, epochs } = change;
    const key = { namespace, package: name, feed, document, nameKind, scheme };
    return [...groups, { ...key, ...(epochs === undefined ? {} : { epochs }), advisories: replacement }];
  }
  const others = known.advisories.filter(({ id }) => id !== change.vulnerability);
  const advisories = [...others, ...replacement];
  // A group without any other advisories did not exist on this side.
  const isGone = advisories.length === 0 && known.advisories.length > 0;
  return groups.toSpliced(at, 1, ...(isGone ? [] : [{ ...known, advisories }]));
}

function isGroupOf(change: AdvisoryChange, group: AdvisoryGroup): boolean {
  return (
    change.feed === group.feed &&
    change.document === group.document &&
    change.namespace === group.namespace &&
    change.package === group.package
  );
}
