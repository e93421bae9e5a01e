import type { VersionRange } from '@clarion/model';
import { compareReleases, type Interval, intervalsOf } from './npm-ranges';

/** Ranges from the two of an entry: what is vulnerable and not patched; or why they cannot be read. */
export function affectedRanges(vulnerable: string, patched: string): readonly VersionRange[] | string {
  const affected = intervalsOf(vulnerable);
  const fixes = patched.trim() === '' ? [] : intervalsOf(patched, { widened: true });
  if (affected === undefined || affected.length === 0) return `Not a range of versions: ${vulnerable.slice(0, 80)}`;
  if (fixes === undefined) return `Not a range of versions: ${patched.slice(0, 80)}`;
  return affected.flatMap((interval) => without(interval, fixes));
}

/** The parts of an interval before each fix in it. */
function without({ from, to }: Interval, fixes: readonly Interval[]): readonly VersionRange[] {
  const ranges: VersionRange[] = [];
  let next: Interval['to'] = from;
  for (const fix of fixes) {
    if (next === undefined || (to !== undefined && compareReleases(fix.from, to) >= 0)) break;
    if (fix.to !== undefined && compareReleases(fix.to, next) <= 0) continue;
    if (compareReleases(fix.from, next) > 0) ranges.push({ ...startAt(next), fixed: fix.from.join('.') });
    next = fix.to;
  }
  if (next === undefined || (to !== undefined && compareReleases(next, to) >= 0)) return ranges;
  if (to === undefined) return [...ranges, startAt(next)];
  // An old line may end before the fix of its major version.
  const [major] = next;
  const later = fixes.find((fix) => compareReleases(fix.from, to) >= 0 && fix.from[0] === major);
  return [...ranges, { ...startAt(next), limit: to.join('.'), ...(later && { fixed: later.from.join('.') }) }];
}

function startAt(release: Interval['from']): VersionRange {
  return release.every((number) => number === 0) ? {} : { introduced: release.join('.') };
}
