import type { AdvisoryGroup } from '@clarion/model';
import { longestVersion } from '@clarion/version-schemes';
import type { MatchedGroup } from '../lookup/look-up';

/** Steps of matching all advisories of some groups with the versions that they are about. */
export function workOfGroups(matched: readonly MatchedGroup[]): number {
  return matched.reduce((sum, { group, version }) => sum + workOf(group) + placingWork(version), 0);
}

/** Steps of ordering a version: each prefix of an invalid version is tried. */
function placingWork({ length }: string): number {
  return length > longestVersion ? 0 : Math.floor((length * length) / 32);
}

const works = new WeakMap<AdvisoryGroup, number>();

/** Intervals and versions that the advisories of a group name; one at least for each advisory. */
function workOf(group: AdvisoryGroup): number {
  const known = works.get(group);
  if (known !== undefined) return known;
  const work = group.advisories.reduce(
    (sum, { ranges = [], versions = [] }) => sum + Math.max(1, ranges.length + versions.length),
    0,
  );
  works.set(group, work);
  return work;
}
