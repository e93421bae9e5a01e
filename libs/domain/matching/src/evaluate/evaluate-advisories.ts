import type { Advisory, AdvisoryGroup, PlacedFeature, VersionScheme } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import { isAboutName, type MatchedGroup } from '../lookup/look-up';
import type { Applicability, ScopeSubject } from '../scope/applicability';
import { applicability } from '../scope/check-scope';
import type { ImageScope } from '../scope/image-scope';
import { isReachable } from '../scope/red-hat/products';
import { subjectOf } from '../scope/scope-checks';
import { ignoringLoneEpochs } from './epochs';
import { reasonNotLinked } from './linked-functions';
import { matchVersion, type VersionMatch } from './match-version';

/**
 * The precedence of advisories about one flaw of one package: a level without an answer leaves it to the next one.
 * Levels below 0 are those of the user's own feeds.
 */
export const levels = {
  /** A support channel that the package comes from: it has separate fixes. */
  channel: 0,
  /** The distribution's own advisories, and other feeds about it. */
  base: 1,
  /** A distribution that the package was taken from. */
  secondary: 2,
  /** A support channel that is not enabled, but whose fix discloses the flaw. */
  offered: 3,
  /** Other architectures of the package: they count only where no advisory is about this one. */
  elsewhere: 4,
} as const;

/** One advisory, evaluated for one package. */
export interface EvaluatedAdvisory {
  readonly advisory: Advisory;
  readonly group: AdvisoryGroup;
  /** What it means for the version; where `counts` is false it is only shown. */
  readonly versionMatch: VersionMatch;
  readonly scope: Applicability;
  /** The version that was compared, by which name of the package, in which order. */
  readonly version: string;
  readonly matchedBy: MatchedGroup['matchedBy'];
  readonly scheme: VersionScheme | undefined;
  /** False for an advisory that is shown but decides nothing (an unreachable channel). */
  readonly counts: boolean;
  /** One of `levels`, or a smaller one. */
  readonly level: number;
  /** Who offers the fix that the image cannot reach (`ubuntu-pro`). */
  readonly offeredBy: string | undefined;
  /** Why the advisory is less than certain, if it is. */
  readonly note: string | undefined;
}

/** What the whole image gives to every evaluation. */
export interface EvaluateOptions {
  readonly image: ImageScope;
  /** Names of the own feeds, first one first. */
  readonly precedence: readonly string[];
}

/** Evaluates every advisory about the names of a package. */
export function evaluateAll(
  feature: PlacedFeature,
  matched: readonly MatchedGroup[],
  { image, precedence }: EvaluateOptions,
): readonly EvaluatedAdvisory[] {
  const bySource = subjectOf(feature, 'source', image);
  const byBinary = { ...bySource, matchedBy: 'binary' } as const;
  return matched.flatMap((found) =>
    evaluateAdvisories(found, found.matchedBy === 'source' ? bySource : byBinary, precedence),
  );
}

/** Evaluates every advisory of a group for a package, those too that are about another product, stream, …. */
export function evaluateAdvisories(
  found: MatchedGroup,
  subject: ScopeSubject,
  precedence: readonly string[],
): readonly EvaluatedAdvisory[] {
  const { group } = found;
  const scheme = versionScheme(group.scheme);
  const own = precedence.indexOf(group.feed);
  const level = own >= 0 ? own - precedence.length : found.secondary ? levels.secondary : levels.base;
  const evaluated: EvaluatedAdvisory[] = [];
  for (const advisory of group.advisories) {
    if (!isAboutName(advisory, found)) continue;
    const ordered = (advisory.epochs ?? group.epochs) === 'auto' ? scheme && ignoringLoneEpochs(scheme) : scheme;
    evaluated.push(evaluatedAdvisory(advisory, { found, subject, scheme: ordered, level }));
  }
  return evaluated;
}

/** What one advisory is evaluated with. */
interface EvaluationContext {
  readonly found: MatchedGroup;
  readonly subject: ScopeSubject;
  readonly scheme: VersionScheme | undefined;
  readonly level: number;
}

/** The result of scope and version of an advisory. */
type MatchInScope = Pick<EvaluatedAdvisory, 'versionMatch' | 'counts' | 'level' | 'offeredBy' | 'note'>;

const outOfScope: VersionMatch = { kind: 'silent' };

// The hot path: one shape of object, made in one go.
function evaluatedAdvisory(advisory: Advisory, what: EvaluationContext): EvaluatedAdvisory {
  const { found, subject, scheme } = what;
  const scope = applicability(advisory, subject);
  const { versionMatch, counts, level, offeredBy, note } = matchInScope(advisory, scope, what);
  const { group, version, matchedBy } = found;
  return { advisory, group, versionMatch, scope, version, matchedBy, scheme, counts, level, offeredBy, note };
}

function matchInScope(
  advisory: Advisory,
  scope: Applicability,
  { found, subject, scheme, level }: EvaluationContext,
): MatchInScope {
  const offeredBy = undefined;
  if (scope.kind === 'other') return { versionMatch: outOfScope, counts: false, level, offeredBy, note: scope.reason };
  const versionMatch = matchLinked(advisory, matchVersion(advisory, scheme, found.version), subject);
  if (scope.kind === 'other-architecture') {
    const named = (advisory.scope?.architectures ?? []).join(', ');
    const note = noted(`reduced certainty: ${scope.reason} (${named})`, found);
    return { versionMatch, counts: false, level: levels.elsewhere, offeredBy, note };
  }
  if (scope.kind === 'information') {
    const offered = scope.offeredBy === undefined ? level : levels.offered;
    return { versionMatch, counts: false, level: offered, offeredBy: scope.offeredBy, note: noted(scope.note, found) };
  }
  if (scope.kind === 'undetermined') {
    // Its match does not matter where it would not make the package vulnerable.
    const open =
      versionMatch.kind === 'vulnerable' || versionMatch.kind === 'undecided' || versionMatch.kind === 'undetermined';
    return {
      versionMatch: open ? scope : outOfScope,
      counts: true,
      level,
      offeredBy,
      note: noted(scope.reason, found),
    };
  }
  if (scope.channel === true) {
    return {
      versionMatch,
      counts: true,
      level: Math.min(level, levels.channel),
      offeredBy,
      note: noted(scope.note, found),
    };
  }
  const unreachable = unreachableFix(versionMatch, subject);
  if (unreachable === undefined)
    return { versionMatch, counts: true, level, offeredBy, note: noted(scope.note, found) };
  const without: VersionMatch = { kind: 'vulnerable', state: 'affected', fixedIn: null };
  return { versionMatch: without, counts: true, level, offeredBy, note: noted(unreachable, found) };
}

/** What an affected version means where the advisory is about functions, and the program shows which it links. */
function matchLinked(advisory: Advisory, ofVersion: VersionMatch, { feature }: ScopeSubject): VersionMatch {
  // The hot path: few packages and few advisories have any.
  if (advisory.imports === undefined || feature.linkedFunctions === undefined) return ofVersion;
  if (ofVersion.kind !== 'vulnerable' && ofVersion.kind !== 'undecided') return ofVersion;
  const reason = reasonNotLinked(advisory, feature);
  return reason === undefined ? ofVersion : { kind: 'not-linked', reason, ofVersion };
}

function noted(note: string | undefined, { note: ofGroup }: MatchedGroup): string | undefined {
  return note === undefined || ofGroup === undefined ? (note ?? ofGroup) : `${note}; ${ofGroup}`;
}

function unreachableFix(versionMatch: VersionMatch, { products }: ScopeSubject): string | undefined {
  const frozen = products?.frozen;
  if (frozen === undefined || versionMatch.kind !== 'vulnerable' || versionMatch.fixedIn === null) return undefined;
  if (isReachable(versionMatch.fixedIn, frozen)) return undefined;
  return `fix ${versionMatch.fixedIn} is of a later minor release than ${frozen.major}.${frozen.minor}, where the image stays`;
}
