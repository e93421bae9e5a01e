import {
  type Advisory,
  type AdvisoryChange,
  type AdvisoryGroup,
  type AdvisoryGroupKey,
  byTexts,
  type GroupChange,
  type GroupComparison,
  isAdvisoryChange,
} from '@clarion/model';

type Change = AdvisoryChange | GroupChange;

/** The key of a group. */
export function groupKey({ namespace, package: name, feed, document }: AdvisoryGroupKey): string {
  return JSON.stringify([namespace, name, feed, document]);
}

/** The key of what a change is about: a group, or one vulnerability of it. */
export function changeKey(change: Change): string {
  return isAdvisoryChange(change) ? `${groupKey(change)} ${change.vulnerability}` : groupKey(change);
}

const byKey = byTexts<AdvisoryGroup>(
  (group) => group.feed,
  (group) => group.document,
);

/** Groups as they were before these changes, each the first one of its key; in the order of feeds and documents. */
export function undoGroups(groups: readonly AdvisoryGroup[], changes: readonly Change[]): readonly AdvisoryGroup[] {
  if (changes.length === 0) return groups;
  const changesOf = new Map<string, Change[]>();
  for (const change of changes) {
    const key = groupKey(change);
    const known = changesOf.get(key);
    if (known === undefined) changesOf.set(key, [change]);
    else known.push(change);
  }
  const stored = new Map(groups.map((group) => [groupKey(group), group]));
  const restored = [...new Set([...stored.keys(), ...changesOf.keys()])].flatMap((key) => {
    const group = stored.get(key);
    const undone = changesOf.get(key);
    return undone === undefined ? (group ?? []) : (undoGroup(group, undone) ?? []);
  });
  return restored.sort(byKey);
}

/** Undefined when there was no such group. */
function undoGroup(group: AdvisoryGroup | undefined, changes: readonly Change[]): AdvisoryGroup | undefined {
  let comparison: GroupComparison | null = group ?? null;
  let key: AdvisoryGroupKey | undefined = group;
  const before = new Map<string, readonly Advisory[]>();
  for (const change of changes) {
    key ??= change;
    if (isAdvisoryChange(change)) before.set(change.vulnerability, change.before);
    else comparison = change.before;
  }
  if (comparison === null || key === undefined) return undefined;
  const { namespace, package: name, feed, document } = key;
  const { nameKind, scheme, epochs } = comparison;
  return {
    ...{ namespace, package: name, feed, document, nameKind, scheme },
    ...(epochs === undefined ? {} : { epochs }),
    advisories: replaceAdvisories(group?.advisories ?? [], before),
  };
}

/** The advisories with those of some vulnerabilities replaced, in their place where there were any. */
export function replaceAdvisories(
  advisories: readonly Advisory[],
  lists: ReadonlyMap<string, readonly Advisory[]>,
): readonly Advisory[] {
  if (lists.size === 0) return advisories;
  const left = new Map(lists);
  const replaced = advisories.flatMap((advisory) => {
    const list = left.get(advisory.id);
    if (list === undefined) return lists.has(advisory.id) ? [] : [advisory];
    left.delete(advisory.id);
    return list;
  });
  for (const list of left.values()) replaced.push(...list);
  return replaced;
}
