import type { VersionRange, VersionScheme } from '@clarion/model';
import { orderVersions, positionIn } from '@clarion/version-schemes';
import type { Held } from '../evaluate/hold';

/**
 * Whether a statement that calls a version vulnerable speaks of versions above every fix that the version has: by a
 * range with an end, or one that begins, above the fix. Such a statement knows of the fix's version and calls it not
 * enough. A range without bounds may just be an older document that did not know of the fix.
 */
export function outlastsFixes(held: Held, statements: readonly Held[]): boolean {
  const { verdict, advisory, version, scheme } = held;
  if (verdict.kind !== 'vulnerable' || verdict.fixedIn !== null || scheme === undefined) return false;
  const fixes = statements.filter((one) => one.verdict.kind === 'cleared').flatMap(fixesPassed);
  if (advisory.versions?.includes(version) === true)
    return fixes.every((fix) => orderVersions(scheme, version, fix) !== 0);
  return (advisory.ranges ?? []).some(
    (range) =>
      positionIn(scheme, range, version) === 'inside' && fixes.every((fix) => reachesAbove(scheme, range, fix)),
  );
}

/** The fixes of a statement that its version has. */
function fixesPassed({ advisory, version, scheme }: Held): readonly string[] {
  return (advisory.ranges ?? []).flatMap(({ fixed }) => {
    const order = fixed === undefined || scheme === undefined ? undefined : orderVersions(scheme, version, fixed);
    return fixed === undefined || order === undefined || order < 0 ? [] : [fixed];
  });
}

/** Of a range that holds a version which is not older than the fix: its end is not below the fix, but may equal it. */
function reachesAbove(scheme: VersionScheme, { introduced, lastAffected, limit }: VersionRange, fix: string): boolean {
  if (lastAffected !== undefined) return orderVersions(scheme, lastAffected, fix) !== 0;
  if (limit !== undefined && limit !== '*') return true;
  return introduced !== undefined && introduced !== '0' && (orderVersions(scheme, introduced, fix) ?? 0) > 0;
}
