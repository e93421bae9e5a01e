import { ClarionError, type VersionRange, type VersionScheme } from '@clarion/model';
import { longestVersion } from './order-position';

/** Below and above every version of every scheme; the Clair v1 APIs use them. */
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

/**
 * Which of the two is certainly newer (`VersionScheme.order`), sentinels included. A positive order is certain for
 * everything that either may be; a negative one may depend on the valid prefix of `b` alone.
 */
export function orderVersions(scheme: VersionScheme, a: string, b: string): number | undefined {
  if (a.startsWith('#') || b.startsWith('#')) {
    const left = sentinels.get(a) ?? 0;
    const right = sentinels.get(b) ?? 0;
    if (left !== 0 || right !== 0) return left - right;
  }
  return scheme.order(a, b);
}

/**
 * The order of a version and the version of a `<=` or `==`: unless that one has a label, the label of the first does not
 * count (PEP 440: `2.0+cu118` is in `<=2.0` and `==2.0`).
 */
export function orderUnlabelled(scheme: VersionScheme, version: string, stated: string): number | undefined {
  const bare = scheme.withoutLabel?.(version) ?? version;
  const ignoresLabel = scheme.withoutLabel?.(stated) === stated;
  return orderVersions(scheme, ignoresLabel ? bare : version, stated);
}

/** An absent introduced and `0` are the beginning, before every version of the scheme: OSV includes even `0-alpha`. */
function reachesBeginning(range: VersionRange): boolean {
  return range.introduced === undefined || range.introduced === '0';
}

/** The position of a version relative to an interval: older than all of it, in it, or newer. */
export type RangePosition = 'before' | 'inside' | 'after';

/**
 * The position of a version relative to an interval; undefined where a bound that is not a valid version leaves that
 * open. "Before" and "after" mean that the version is certainly outside.
 */
export function positionIn(scheme: VersionScheme, range: VersionRange, version: string): RangePosition | undefined {
  const { introduced = '0', fixed, lastAffected, limit } = range;
  // Fixed in `0` means "never affected" in every feed that uses it.
  if (fixed === '0') return 'after';
  const start = reachesBeginning(range) ? 0 : orderVersions(scheme, introduced, version);
  if (start !== undefined && start > 0) return 'before';
  // OSV writes "no limit" as `*`.
  const ends = [fixed, limit === '*' ? undefined : limit].filter((end) => end !== undefined);
  const orders = ends.map((end) => orderVersions(scheme, version, end));
  if (orders.some((order) => order !== undefined && order >= 0)) return 'after';
  if (lastAffected !== undefined) {
    const order = orderUnlabelled(scheme, version, lastAffected);
    if (order !== undefined && order > 0) return 'after';
    orders.push(order);
  }
  return start === undefined || orders.includes(undefined) ? undefined : 'inside';
}

/**
 * Whether `version` is in one of the intervals; without intervals every version is. An invalid bound does not hide the
 * other intervals: `invalid-version` is thrown only when none of them contains the version.
 */
export function isAffected(scheme: VersionScheme, ranges: readonly VersionRange[], version: string): boolean {
  if (ranges.length === 0) return true;
  const positions = ranges.map((range) => positionIn(scheme, range, version));
  if (positions.includes('inside')) return true;
  const open = ranges[positions.indexOf(undefined)];
  if (open === undefined) return false;
  throw new ClarionError('invalid-version', reasonOfDoubt(scheme, open, version));
}

const longestShown = 80;

/**
 * Why the position of a version relative to an interval is unknown: one line that names the text that has no place in
 * the order.
 */
export function reasonOfDoubt(scheme: VersionScheme, range: VersionRange, version: string): string {
  const { introduced, fixed, lastAffected, limit } = range;
  const shown = (text: string): string =>
    JSON.stringify(text.length > longestShown ? `${text.slice(0, longestShown)}…` : text);
  const bounds = [introduced, fixed, lastAffected, limit].filter((bound) => bound !== undefined);
  const doubtful = bounds.filter((bound) => bound !== '*' && orderVersions(scheme, version, bound) === undefined);
  const texts = [...doubtful, version];
  const tooLong = texts.find((text) => text.length > longestVersion);
  const fault =
    tooLong === undefined
      ? `${shown(texts.find((text) => !scheme.isValid(text)) ?? version)} is not a version of the scheme ${scheme.id}`
      : `${shown(tooLong)} is longer than ${longestVersion} characters`;
  return `${fault}, so ${shown(version)} cannot be compared with ${shown(doubtful[0] ?? '')}`;
}
