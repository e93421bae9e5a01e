import type { Advisory, AdvisoryChange, AdvisoryGroup, GroupChange, GroupComparison } from '@clarion/model';
import type { FoundChange } from './found-change';
import { meaning } from './fingerprint';
import { isSameValue } from './same-value';

/**
 * What differs between `before` and `after` of a group (either may be absent): one change per vulnerability in the order
 * of their ids, with all advisories about it, because they are evaluated together; and one of the group where it
 * appeared, was removed, or is compared in another way. Changes of what is only displayed are silent.
 */
export function diffAdvisories(
  before: AdvisoryGroup | undefined,
  after: AdvisoryGroup | undefined,
): readonly FoundChange<AdvisoryChange | GroupChange>[] {
  const group = after ?? before;
  if (group === undefined) return [];
  const { feed, namespace, document, package: name } = group;
  const location = { feed, namespace, package: name, document };
  const [comparison, former] = [after && comparisonOf(after), before && comparisonOf(before)];
  const isCompared = isSameValue(former, comparison);
  const ofGroup: FoundChange<GroupChange> = {
    ...location,
    silent: true,
    before: former ?? null,
    after: comparison ?? null,
  };
  const [old, now] = [byId(before), byId(after)];
  // Another comparison of names or versions affects every advisory.
  const others = former !== undefined && comparison !== undefined && !isCompared;
  const changes = [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((vulnerability) => {
    const [gone, come] = [old.get(vulnerability) ?? [], now.get(vulnerability) ?? []];
    if (!others && isSameValue(gone, come)) return [];
    const isSilent = !others && meanings(gone) === meanings(come);
    const change = { ...location, ...comparisonOf(group), vulnerability, before: gone, after: come };
    return [isSilent ? { ...change, silent: true as const } : change];
  });
  return isCompared ? changes : [ofGroup, ...changes];
}

function comparisonOf({ nameKind, scheme, epochs }: AdvisoryGroup): GroupComparison {
  return { nameKind, scheme, ...(epochs === undefined ? {} : { epochs }) };
}

function byId(group: AdvisoryGroup | undefined): ReadonlyMap<string, readonly Advisory[]> {
  const found = new Map<string, Advisory[]>();
  for (const advisory of group?.advisories ?? []) {
    const list = found.get(advisory.id);
    if (list === undefined) found.set(advisory.id, [advisory]);
    else list.push(advisory);
  }
  return found;
}

function meanings(advisories: readonly Advisory[]): string {
  return [...new Set(advisories.map(meaning))].sort().join('\n');
}
