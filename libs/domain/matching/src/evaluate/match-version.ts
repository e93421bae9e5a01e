import type { Advisory, AdvisoryState, VersionRange, VersionScheme } from '@clarion/model';
import { longestVersion, orderUnlabelled, orderVersions, positionIn, reasonOfDoubt } from '@clarion/version-schemes';

/** What one advisory means for one version. */
export type VersionMatch =
  | { readonly kind: 'vulnerable'; readonly state: AdvisoryState; readonly fixedIn: string | null }
  /** The vendor has not decided. */
  | { readonly kind: 'undecided' }
  /** The version has the fix. */
  | { readonly kind: 'cleared' }
  /** The vendor says that this version is not vulnerable. */
  | { readonly kind: 'suppressed' }
  /** The advisory is about other versions. */
  | { readonly kind: 'silent' }
  | NotLinked
  | UndeterminedVersion;

/** The version is affected, and the program links none of the functions with the flaw. */
export interface NotLinked {
  readonly kind: 'not-linked';
  readonly reason: string;
  /** What would be said if it linked one. */
  readonly ofVersion: VersionMatch;
}

export interface UndeterminedVersion {
  readonly kind: 'undetermined';
  readonly reason: string;
  /** True when it applies to every advisory with versions, so that one line can report it for all. */
  readonly wholePackage?: boolean;
}

const undecided: VersionMatch = { kind: 'undecided' };
const cleared: VersionMatch = { kind: 'cleared' };
const suppressed: VersionMatch = { kind: 'suppressed' };
const silent: VersionMatch = { kind: 'silent' };

/** The Clair v1 sentinel for "above every version": no fix. */
const noFix = '#MAXV#';

/**
 * Matches an advisory with the version that belongs to its name. Never throws: what cannot be compared is
 * `undetermined`. Without a scheme only advisories about every version can be decided.
 */
export function matchVersion(advisory: Advisory, scheme: VersionScheme | undefined, version: string): VersionMatch {
  const { state, ranges = [], versions } = advisory;
  if (ranges.length === 0 && versions === undefined) return everyVersion(state);
  if (version.length > longestVersion)
    return versions === undefined && ranges.every(isEmptyRange) ? suppressed : tooLong;
  if (versions?.includes(version)) return hit(state, nextFix(advisory, scheme, version));
  if (scheme === undefined) return { kind: 'undetermined', reason: 'unknown version scheme', wholePackage: true };
  const versionMatch = ranges.length === 0 ? silent : evaluateRanges({ state, ranges, scheme }, version);
  // A single version counts in any spelling: 1.0 and 1.0.0 are one version of some schemes.
  if (versionMatch.kind === 'vulnerable' || !isListed(advisory, scheme, version)) return versionMatch;
  return hit(state, nextFix(advisory, scheme, version));
}

/** A longer version is not compared: neither the cost nor the result of an advisory depends on its text. */
const tooLong: UndeterminedVersion = {
  kind: 'undetermined',
  reason: `version is longer than ${longestVersion} characters`,
  wholePackage: true,
};

/** Whether a version is a listed one: in any spelling, or as a build of it with a label that is not itself the fix. */
function isListed({ ranges = [], versions = [] }: Advisory, scheme: VersionScheme, version: string): boolean {
  return versions.some((listed) => {
    if (scheme.order(listed, version) === 0) return true;
    if (orderUnlabelled(scheme, version, listed) !== 0) return false;
    const isFix = (fix: string): boolean =>
      (scheme.order(fix, listed) ?? 0) > 0 && (scheme.order(version, fix) ?? -1) >= 0;
    return !ranges.some(({ fixed }) => fixed !== undefined && isFix(fixed));
  });
}

/** The interval with the lowest fix above a version that is listed by itself. */
function nextFix({ ranges = [] }: Advisory, scheme: VersionScheme | undefined, version: string): VersionRange {
  let next: VersionRange = {};
  if (scheme === undefined) return next;
  const isAbove = (fix: string, than: string): boolean => (orderVersions(scheme, fix, than) ?? 0) > 0;
  for (const range of ranges) {
    const { fixed } = range;
    if (fixed === undefined || fixed === '0' || !isAbove(fixed, version)) continue;
    if (next.fixed === undefined || isAbove(next.fixed, fixed)) next = range;
  }
  return next;
}

function everyVersion(state: AdvisoryState): VersionMatch {
  if (state === 'fixed') return { kind: 'undetermined', reason: 'said to be fixed, without the version' };
  return hit(state, {});
}

interface RangedAdvisory {
  readonly state: AdvisoryState;
  readonly ranges: readonly VersionRange[];
  readonly scheme: VersionScheme;
}

function evaluateRanges({ state, ranges, scheme }: RangedAdvisory, version: string): VersionMatch {
  let fixPassed = false;
  let onlyEmpty = true;
  let failure: VersionMatch | undefined;
  for (const range of ranges) {
    if (isEmptyRange(range)) continue;
    onlyEmpty = false;
    try {
      const position = positionIn(scheme, range, version);
      if (position === 'inside') return hit(state, range);
      // A version outside of the range has the fix only if it is not older than the flaw.
      fixPassed ||= position === 'after' && range.fixed !== undefined;
      if (position === undefined) failure ??= notComparable(scheme, range, version);
    } catch (error) {
      failure ??= { kind: 'undetermined', reason: error instanceof Error ? error.message : String(error) };
    }
  }
  if (failure !== undefined) return failure;
  if (onlyEmpty) return suppressed;
  return fixPassed && state !== 'not_affected' ? cleared : silent;
}

/** A version without any place says the same to every advisory; else the one bound is named. */
function notComparable(scheme: VersionScheme, range: VersionRange, version: string): VersionMatch {
  return scheme.order(version, version) === undefined
    ? { kind: 'undetermined', reason: `not a version that ${scheme.id} can order`, wholePackage: true }
    : { kind: 'undetermined', reason: reasonOfDoubt(scheme, range, version) };
}

/** `fixed: "0"` says "never affected" in every source; it is not a version to compare with. */
function isEmptyRange({ fixed }: VersionRange): boolean {
  return fixed === '0' || fixed === '#MINV#';
}

function hit(state: AdvisoryState, { fixed }: VersionRange): VersionMatch {
  if (state === 'not_affected') return suppressed;
  if (state === 'under_investigation') return undecided;
  // A postponed or rejected fix may exist all the same: then the fixed version wins.
  if (fixed !== undefined && fixed !== noFix) return { kind: 'vulnerable', state: 'fixed', fixedIn: fixed };
  return { kind: 'vulnerable', state: state === 'fixed' ? 'affected' : state, fixedIn: null };
}

/** The fixed version that an advisory names for a version, whether or not the version has it; null when none. */
export function statedFix(advisory: Advisory, versionMatch: VersionMatch): string | null {
  if (versionMatch.kind === 'vulnerable') return versionMatch.fixedIn;
  const fixes = (advisory.ranges ?? []).flatMap(({ fixed }) => (fixed === undefined || fixed === noFix ? [] : [fixed]));
  return fixes.at(-1) ?? null;
}
