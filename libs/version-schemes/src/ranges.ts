import { ClarionError, type VersionRange, type VersionScheme } from '@clarion/model';

/** Below and above every version of every scheme; the interfaces of Clair v1 write them. */
const sentinels = new Map([
  ['#MINV#', -1],
  ['#MAXV#', 1],
]);

/** Compares in the scheme's order, sentinels included. Throws `invalid-version` like the scheme. */
export function compareVersions(scheme: VersionScheme, a: string, b: string): number {
  if (a.startsWith('#') || b.startsWith('#')) {
    const left = sentinels.get(a) ?? 0;
    const right = sentinels.get(b) ?? 0;
    if (left !== 0 || right !== 0) return left - right;
  }
  return scheme.compare(a, b);
}

/** An absent introduced and `0` are the beginning, before everything the scheme knows: OSV wants even `0-alpha` in. */
function reachesBeginning(range: VersionRange): boolean {
  return range.introduced === undefined || range.introduced === '0';
}

function contains(scheme: VersionScheme, range: VersionRange, version: string): boolean {
  const { introduced, fixed, lastAffected, limit } = range;
  // Fixed in `0` says "never affected" in every feed that writes it.
  if (fixed === '0') return false;
  if (!reachesBeginning(range) && compareVersions(scheme, version, introduced ?? '0') < 0) return false;
  if (fixed !== undefined && compareVersions(scheme, version, fixed) >= 0) return false;
  if (lastAffected !== undefined && compareVersions(scheme, version, lastAffected) > 0) return false;
  // OSV spells "no limit" `*`.
  return limit === undefined || limit === '*' || compareVersions(scheme, version, limit) < 0;
}

/**
 * Whether `version` is in one of the intervals; no interval at all means every version. A bound that the scheme cannot
 * order does not hide the other intervals: only when none of them holds the version, `invalid-version` is thrown.
 */
export function isAffected(scheme: VersionScheme, ranges: readonly VersionRange[], version: string): boolean {
  if (ranges.length === 0) return true;
  let failure: ClarionError | undefined;
  for (const range of ranges) {
    try {
      if (contains(scheme, range, version)) return true;
    } catch (error) {
      if (!(error instanceof ClarionError)) throw error;
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure;
  return false;
}
