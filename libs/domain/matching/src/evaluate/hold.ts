import type { Advisory, AdvisoryGroup, VersionScheme } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import { ignoringLoneEpochs } from './epochs';
import { evaluate, type Verdict } from './evaluate';
import { isAboutName, type MatchedGroup } from '../lookup/look-up';
import { isReachable } from '../scope/red-hat/products';
import { applicability } from '../scope/check-scope';
import type { Applicability, Subject } from '../scope/applicability';

/**
 * Whose word comes first about one flaw of one package; a level that says nothing leaves it to the next one. Levels
 * below 0 are those of the user's own feeds.
 */
export const levels = {
  /** A support channel that the package comes from: it has fixes of its own. */
  channel: 0,
  /** The distribution's own statements, and other feeds about it. */
  base: 1,
  /** A distribution that the package was taken from. */
  secondary: 2,
  /** A support channel that is not enabled, but whose fix discloses the flaw. */
  offered: 3,
  /** Other architectures of the package: heard only where nobody speaks of this one. */
  elsewhere: 4,
} as const;

/** One statement held against one package. */
export interface Held {
  readonly advisory: Advisory;
  readonly group: AdvisoryGroup;
  /** What it means for the version; that of a statement which decides nothing is only told. */
  readonly verdict: Verdict;
  readonly scope: Applicability;
  /** The version that was compared, by which name of the package, in which order. */
  readonly version: string;
  readonly matchedBy: MatchedGroup['matchedBy'];
  readonly scheme: VersionScheme | undefined;
  /** False for a statement that is shown but decides nothing (an unreachable channel). */
  readonly counts: boolean;
  /** One of `levels`, or a smaller one. */
  readonly level: number;
  /** Who offers the fix that the image cannot reach (`ubuntu-pro`). */
  readonly offeredBy: string | undefined;
  /** Why the statement is less than certain, if it is. */
  readonly note: string | undefined;
}

/** Holds every statement of a group against a package, those too that are about another product, stream, …. */
export function hold(found: MatchedGroup, subject: Subject, precedence: readonly string[]): readonly Held[] {
  const { group } = found;
  const scheme = versionScheme(group.scheme);
  const own = precedence.indexOf(group.feed);
  const level = own >= 0 ? own - precedence.length : found.secondary ? levels.secondary : levels.base;
  const held: Held[] = [];
  for (const advisory of group.advisories) {
    if (!isAboutName(advisory, found)) continue;
    const ordered = (advisory.epochs ?? group.epochs) === 'auto' ? scheme && ignoringLoneEpochs(scheme) : scheme;
    held.push(heldOf(advisory, { found, subject, scheme: ordered, level }));
  }
  return held;
}

interface Against {
  readonly found: MatchedGroup;
  readonly subject: Subject;
  readonly scheme: VersionScheme | undefined;
  readonly level: number;
}

/** What scope and version of a statement come to. */
type Weighed = Pick<Held, 'verdict' | 'counts' | 'level' | 'offeredBy' | 'note'>;

const outOfScope: Verdict = { kind: 'silent' };

// The hot path: one shape of object, made in one go.
function heldOf(advisory: Advisory, against: Against): Held {
  const { found, subject, scheme } = against;
  const scope = applicability(advisory, subject);
  const { verdict, counts, level, offeredBy, note } = weigh(advisory, scope, against);
  const { group, version, matchedBy } = found;
  return { advisory, group, verdict, scope, version, matchedBy, scheme, counts, level, offeredBy, note };
}

function weigh(advisory: Advisory, scope: Applicability, { found, subject, scheme, level }: Against): Weighed {
  const offeredBy = undefined;
  if (scope.kind === 'other') return { verdict: outOfScope, counts: false, level, offeredBy, note: scope.reason };
  const verdict = evaluate(advisory, scheme, found.version);
  if (scope.kind === 'other-architecture') {
    const named = (advisory.scope?.architectures ?? []).join(', ');
    const note = noted(`reduced certainty: ${scope.reason} (${named})`, found);
    return { verdict, counts: false, level: levels.elsewhere, offeredBy, note };
  }
  if (scope.kind === 'information') {
    const offered = scope.offeredBy === undefined ? level : levels.offered;
    return { verdict, counts: false, level: offered, offeredBy: scope.offeredBy, note: noted(scope.note, found) };
  }
  if (scope.kind === 'undetermined') {
    // What it says of this version does not matter where it would not make the package vulnerable.
    const open = verdict.kind === 'vulnerable' || verdict.kind === 'undecided' || verdict.kind === 'undetermined';
    return { verdict: open ? scope : outOfScope, counts: true, level, offeredBy, note: noted(scope.reason, found) };
  }
  if (scope.channel === true) {
    return { verdict, counts: true, level: Math.min(level, levels.channel), offeredBy, note: noted(scope.note, found) };
  }
  const unreachable = unreachableFix(verdict, subject);
  if (unreachable === undefined) return { verdict, counts: true, level, offeredBy, note: noted(scope.note, found) };
  const without: Verdict = { kind: 'vulnerable', state: 'affected', fixedIn: null };
  return { verdict: without, counts: true, level, offeredBy, note: noted(unreachable, found) };
}

function noted(note: string | undefined, { note: ofGroup }: MatchedGroup): string | undefined {
  return note === undefined || ofGroup === undefined ? (note ?? ofGroup) : `${note}; ${ofGroup}`;
}

function unreachableFix(verdict: Verdict, { products }: Subject): string | undefined {
  const frozen = products?.frozen;
  if (frozen === undefined || verdict.kind !== 'vulnerable' || verdict.fixedIn === null) return undefined;
  if (isReachable(verdict.fixedIn, frozen)) return undefined;
  return `fix ${verdict.fixedIn} is of a later minor release than ${frozen.major}.${frozen.minor}, where the image stays`;
}
