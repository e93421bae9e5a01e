import {
  type Advisory,
  type AdvisoryState,
  compareText,
  type FindingCertainty,
  type Suppression,
} from '@clarion/model';
import { orderVersions, versionScheme } from '@clarion/version-schemes';
import { type EvaluatedAdvisory, levels } from '../evaluate/evaluate-advisories';
import type { VersionMatch } from '../evaluate/match-version';
import { isOfLanguage, setAside } from './language-databases';
import { outlastsFixes } from './outlasts-fixes';

/** A flaw that the package has, or may have (`under_investigation`). */
export interface FlawState {
  readonly state: AdvisoryState;
  readonly fixedIn: string | null;
  /** Where a fix is available that this image cannot reach: `ubuntu-pro`. */
  readonly fixAvailableIn?: string;
  /** Why it is less than certain that the package has the flaw. */
  readonly certainty?: FindingCertainty;
  /** No vulnerability in the strict sense. */
  readonly flawKind?: NonNullable<Advisory['kind']>;
}

/** The result of all advisories about one flaw of a package, and the rule that decided. */
export type Decision =
  | { readonly kind: 'vulnerable'; readonly rule: string; readonly flaw: FlawState }
  | {
      readonly kind: 'suppressed';
      readonly rule: string;
      /** Present where the program decides, and not an advisory. */
      readonly suppression?: Suppression;
    }
  | { readonly kind: 'cleared' | 'unaffected' | 'undetermined'; readonly rule: string };

/**
 * Combines the advisories about one flaw of one package: the first level with an answer decides, and the channels
 * that are not enabled come last (reference: matching §2.1, several advisories for one package and CVE).
 */
export function decideFlaw(advisories: readonly EvaluatedAdvisory[]): Decision {
  if (advisories.length > 0 && advisories.every(isElsewhere)) return decideElsewhere(advisories);
  const deciding = decidingAdvisories(advisories);
  for (const level of [...new Set(deciding.map((one) => one.level))].sort((a, b) => a - b)) {
    const decision = decideLevel(deciding.filter((one) => one.level === level));
    if (decision !== undefined) return withOffer(decision, advisories);
  }
  if (deciding.some(({ versionMatch }) => versionMatch.kind === 'undetermined')) {
    return { kind: 'undetermined', rule: 'an advisory cannot be compared' };
  }
  return offered(advisories) ?? { kind: 'unaffected', rule: 'no advisory about this package names its version' };
}

/** Whether it is only about other architectures of the package. */
export function isElsewhere({ level }: EvaluatedAdvisory): boolean {
  return level === levels.elsewhere;
}

/** Whether a package of that version has, or may have, the flaw. */
export function isOpen({ kind }: VersionMatch): boolean {
  return kind === 'vulnerable' || kind === 'undecided' || kind === 'undetermined';
}

/**
 * Where advisories are about other architectures only: a feed that leaves one out (AlmaLinux did for years) mostly
 * forgot it, and at times the flaw is really not in it. So it is reported, as less than certain.
 */
function decideElsewhere(advisories: readonly EvaluatedAdvisory[]): Decision {
  const decision = decideLevel(advisories);
  if (decision?.kind !== 'vulnerable')
    return { kind: 'unaffected', rule: 'about other architectures, and not this version' };
  const flaw = { ...decision.flaw, certainty: 'other-architecture' as const };
  return { kind: 'vulnerable', rule: 'only other architectures are spoken of', flaw };
}

/** The advisories that take part in the decision about one flaw. */
export function decidingAdvisories(advisories: readonly EvaluatedAdvisory[]): readonly EvaluatedAdvisory[] {
  const counted = advisories.filter(({ counts }) => counts);
  const aside = setAside(counted);
  return aside.size === 0 ? counted : counted.filter((one) => !aside.has(one));
}

function decideLevel(advisories: readonly EvaluatedAdvisory[]): Decision | undefined {
  if (advisories.some(({ versionMatch }) => versionMatch.kind === 'suppressed')) {
    return { kind: 'suppressed', rule: 'not affected, which no other advisory of its level overrides' };
  }
  const fixedIn = highestFix(advisories);
  if (fixedIn !== undefined) {
    return vulnerable('older than the highest fixed version', { state: 'fixed', fixedIn }, advisories);
  }
  const cleared = isCleared(advisories);
  const open = cleared ? advisories.filter((one) => outlastsFixes(one, advisories)) : advisories;
  const states = open.flatMap(({ versionMatch }) => (versionMatch.kind === 'vulnerable' ? [versionMatch.state] : []));
  const state = mostFinal.find((candidate) => states.includes(candidate));
  if (state !== undefined) {
    const rule = cleared ? 'in an affected range that reaches above the fix' : 'affected, and no fix that can be had';
    return vulnerable(rule, { state, fixedIn: null }, advisories);
  }
  const program = suppressedByProgram(advisories);
  if (program !== undefined) return program;
  if (cleared) return { kind: 'cleared', rule: 'not older than the highest fixed version' };
  const undecided = advisories.some(({ versionMatch }) => versionMatch.kind === 'undecided');
  if (!undecided) return undefined;
  return vulnerable('the vendor has not decided', { state: 'under_investigation', fixedIn: null }, advisories);
}

/** Where an advisory is about functions that the program does not link, and no other one is open. */
function suppressedByProgram(advisories: readonly EvaluatedAdvisory[]): Decision | undefined {
  if (advisories.some(({ versionMatch }) => isOpen(versionMatch))) return undefined;
  for (const { versionMatch, group } of advisories) {
    if (versionMatch.kind !== 'not-linked') continue;
    const { reason } = versionMatch;
    return { kind: 'suppressed', rule: reason, suppression: { kind: 'program', id: group.feed, reason } };
  }
  return undefined;
}

/**
 * Whether the package has the fix. Then older documents of a distribution do not matter. Of the databases of a language
 * none counts as older: a package is affected if either says so.
 */
function isCleared(advisories: readonly EvaluatedAdvisory[]): boolean {
  if (!advisories.some(({ versionMatch }) => versionMatch.kind === 'cleared')) return false;
  return !advisories.some((one) => isOfLanguage(one) && isOpen(one.versionMatch));
}

function vulnerable(
  rule: string,
  flaw: Pick<FlawState, 'state' | 'fixedIn'>,
  advisories: readonly EvaluatedAdvisory[],
): Decision & { readonly kind: 'vulnerable' } {
  const flawKind = flawKindOf(advisories);
  return { kind: 'vulnerable', rule, flaw: { ...flaw, ...(flawKind === undefined ? {} : { flawKind }) } };
}

/** An advisory about a real vulnerability takes precedence over one that only informs; one of them at least is open. */
function flawKindOf(advisories: readonly EvaluatedAdvisory[]): Advisory['kind'] {
  const kinds = advisories.flatMap(({ versionMatch, advisory }) => (isOpen(versionMatch) ? [advisory.kind] : []));
  if (kinds.includes('malicious')) return 'malicious';
  return kinds.every((kind) => kind === 'informational') ? 'informational' : undefined;
}

/** A flaw that only a channel names which is not enabled: its fix shows that the package is affected. */
function offered(advisories: readonly EvaluatedAdvisory[]): Decision | undefined {
  const offers = advisories.filter(({ level }) => level === levels.offered);
  if (highestFix(offers) === undefined || decideLevel(offers)?.kind !== 'vulnerable') return undefined;
  const rule = 'only a support channel that is not enabled has the fix';
  return withOffer(vulnerable(rule, { state: 'affected', fixedIn: null }, offers), advisories);
}

/** Names who offers a fix, where no other fix exists. */
function withOffer(decision: Decision, advisories: readonly EvaluatedAdvisory[]): Decision {
  if (decision.kind !== 'vulnerable' || decision.flaw.fixedIn !== null) return decision;
  const offers = advisories.filter(({ level }) => level === levels.offered);
  const offer = highestFix(offers) === undefined ? undefined : offers.find(({ offeredBy }) => offeredBy !== undefined);
  if (offer?.offeredBy === undefined) return decision;
  return { ...decision, flaw: { ...decision.flaw, fixAvailableIn: offer.offeredBy } };
}

/** When unfixed advisories differ, the one that promises least is the most informed one. */
const mostFinal: readonly AdvisoryState[] = ['end_of_life', 'will_not_fix', 'fix_deferred', 'affected'];

/** A second fix for the same flaw normally completes the first: the highest one that the package lacks counts. */
function highestFix(advisories: readonly EvaluatedAdvisory[]): string | undefined {
  const fixes = advisories
    .flatMap(({ versionMatch, group }) =>
      versionMatch.kind === 'vulnerable' && versionMatch.fixedIn !== null
        ? [{ fix: versionMatch.fixedIn, id: group.scheme }]
        : [],
    )
    .sort((a, b) => compareText(a.id, b.id) || compareText(a.fix, b.fix));
  let highest = fixes[0];
  for (const next of fixes) {
    const scheme = versionScheme(next.id);
    if (highest?.id === next.id && scheme && (orderVersions(scheme, next.fix, highest.fix) ?? 0) > 0) highest = next;
  }
  return highest?.fix;
}
