import type { VersionRange, VersionScheme } from '@clarion/model';
import { orderVersions, positionIn } from '@clarion/version-schemes';
import type { EvaluatedAdvisory } from '../evaluate/evaluate-advisories';

/**
 * Whether an advisory that calls a version vulnerable also covers versions above every fix that the version has: by a
 * range with an end, or one that begins, above the fix. Such an advisory knows of the fix's version and calls it not
 * enough. A range without bounds may just be an older document that did not know of the fix.
 */
export function outlastsFixes(evaluated: EvaluatedAdvisory, advisories: readonly EvaluatedAdvisory[]): boolean {
  const { versionMatch, advisory, version, scheme } = evaluated;
  if (versionMatch.kind !== 'vulnerable' || versionMatch.fixedIn !== null || scheme === undefined) return false;
  const fixes = advisories.filter((one) => one.versionMatch.kind === 'cleared').flatMap(fixesPassed);
  if (advisory.versions?.includes(version) === true)
    return fixes.every((fix) => orderVersions(scheme, version, fix) !== 0);
  return (advisory.ranges ?? []).some(
    (range) =>
      positionIn(scheme, range, version) === 'inside' && fixes.every((fix) => reachesAbove(scheme, range, fix)),
  );
}

/** The fixes of an advisory that its version has. */
function fixesPassed({ advisory, version, scheme }: EvaluatedAdvisory): readonly string[] {
  return (advisory.ranges ?? []).flatMap(({ fixed }) => {
    const order = fixed === undefined || scheme === undefined ? undefined : orderVersions(scheme, version, fixed);
    return fixed === undefined || order === undefined || order < 0 ? [] : [fixed];
  });
}

/** For a range that contains a version not older than the fix: its end is not below the fix, but may equal it. */
function reachesAbove(scheme: VersionScheme, { introduced, lastAffected, limit }: VersionRange, fix: string): boolean {
  if (lastAffected !== undefined) return orderVersions(scheme, lastAffected, fix) !== 0;
  if (limit !== undefined && limit !== '*') return true;
  return introduced !== undefined && introduced !== '0' && (orderVersions(scheme, introduced, fix) ?? 0) > 0;
}
