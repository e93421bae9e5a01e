import {
  type Advisory,
  type AdvisoryState,
  compareText,
  type FindingCertainty,
  type PlacedFeature,
} from '@clarion/model';
import { orderVersions, versionScheme } from '@clarion/version-schemes';
import { type Cluster, clusterByFlaw } from './clusters';
import type { Verdict } from '../evaluate/evaluate';
import { type Held, hold, levels } from '../evaluate/hold';
import type { ImageScope } from '../scope/image-scope';
import { isOfLanguage, setAside } from './language-databases';
import type { MatchedGroup } from '../lookup/look-up';
import { outlastsFixes } from './outlasting';
import { subjectOf } from '../scope/scope-checks';

/** What is found out about a flaw that the package has, or may have (`under_investigation`). */
export interface Judgment {
  readonly state: AdvisoryState;
  readonly fixedIn: string | null;
  /** Where a fix can be had that this image cannot reach: `ubuntu-pro`. */
  readonly fixAvailableIn?: string;
  /** Why it is less than certain that the package has the flaw. */
  readonly certainty?: FindingCertainty;
  /** No vulnerability in the strict sense. */
  readonly flawKind?: NonNullable<Advisory['kind']>;
}

export interface Decision extends Judgment {
  readonly cluster: Cluster<Held>;
}

/** What could not be told; without a vulnerability it concerns all statements about the package. */
export interface Undecidable {
  readonly vulnerability: string | null;
  readonly reason: string;
}

export interface Decided {
  readonly decisions: readonly Decision[];
  /** Names of own feeds: one for each flaw that the package would have without its word. */
  readonly suppressedBy: readonly string[];
  readonly undecidable: readonly Undecidable[];
  /** Number of the statements about flaws that may be open: combining them is most of the work. */
  readonly open: number;
}

/** What the whole image gives to every decision. */
export interface DecideOptions {
  readonly image: ImageScope;
  /** Names of the own feeds, first one first. */
  readonly precedence: readonly string[];
}

/** What the statements about one flaw come to, and by which rule. */
export type Outcome =
  | { readonly kind: 'vulnerable'; readonly rule: string; readonly judgment: Judgment }
  | { readonly kind: 'cleared' | 'suppressed' | 'unaffected' | 'undetermined'; readonly rule: string };

const nothing: Decided = { decisions: [], suppressedBy: [], undecidable: [], open: 0 };

/** Decides all flaws of one package from all statements about its names. Pure, and independent of their order. */
export function decide(feature: PlacedFeature, matched: readonly MatchedGroup[], options: DecideOptions): Decided {
  const held = aboutOpenFlaws(holdAll(feature, matched, options).filter(({ scope }) => scope.kind !== 'other'));
  if (held.length === 0) return nothing;
  const decisions: Decision[] = [];
  const undecidable: Undecidable[] = [];
  const suppressedBy: string[] = [];
  for (const cluster of clusterByFlaw(held, ({ advisory }) => advisory)) {
    const outcome = outcomeOf(cluster.members);
    if (outcome.kind !== 'vulnerable') suppressedBy.push(...suppressorOf(cluster.members));
    if (outcome.kind === 'suppressed') continue;
    if (outcome.kind === 'vulnerable') decisions.push({ cluster: heard(cluster), ...outcome.judgment });
    undecidable.push(...openQuestions(cluster));
  }
  return { decisions, suppressedBy, undecidable: onceForAll(undecidable), open: held.length };
}

/** What holds for the whole package is said once, and not once a flaw. */
function onceForAll(undecidable: readonly Undecidable[]): readonly Undecidable[] {
  const ofPackage = new Map(undecidable.flatMap((one) => (one.vulnerability === null ? [[one.reason, one]] : [])));
  return [...undecidable.filter(({ vulnerability }) => vulnerability !== null), ...ofPackage.values()];
}

/** The own feed without which statements that came to nothing would be a finding: that of the level that decided. */
function suppressorOf(statements: readonly Held[]): readonly string[] {
  const own = statements.filter(({ level, counts, verdict }) => level < 0 && counts && verdict.kind !== 'silent');
  const [first] = own.sort((a, b) => a.level - b.level);
  if (first === undefined) return [];
  return outcomeOf(statements.filter(({ level }) => level >= 0)).kind === 'vulnerable' ? [first.group.feed] : [];
}

/** Every statement about the names of a package, held against it. */
export function holdAll(
  feature: PlacedFeature,
  matched: readonly MatchedGroup[],
  { image, precedence }: DecideOptions,
): readonly Held[] {
  const bySource = subjectOf(feature, 'source', image);
  const byBinary = { ...bySource, matchedBy: 'binary' } as const;
  return matched.flatMap((found) => hold(found, found.matchedBy === 'source' ? bySource : byBinary, precedence));
}

/**
 * The statements about flaws that any of them leaves open. Most packages have none, and most of a package's flaws are
 * fixed: dropping those here is what keeps large packages fast. Ids are connected by statements with aliases only.
 */
function aboutOpenFlaws(held: readonly Held[]): readonly Held[] {
  if (!held.some(({ verdict }) => isOpen(verdict))) return [];
  const named = new Set<string>();
  for (const { advisory, verdict } of held) {
    if (advisory.aliases === undefined && !isOpen(verdict)) continue;
    named.add(advisory.id);
    for (const alias of advisory.aliases ?? []) named.add(alias);
  }
  return held.filter(({ advisory }) => named.has(advisory.id));
}

function isOpen({ kind }: Verdict): boolean {
  return kind === 'vulnerable' || kind === 'undecided' || kind === 'undetermined';
}

/**
 * Combines the statements about one flaw of one package: the first level that says anything decides, and the channels
 * that are not enabled come last (reference: matching §2.1, several statements for one package and CVE).
 */
export function outcomeOf(statements: readonly Held[]): Outcome {
  if (statements.length > 0 && statements.every(isElsewhere)) return outcomeElsewhere(statements);
  const deciding = decidingOf(statements);
  for (const level of [...new Set(deciding.map((held) => held.level))].sort((a, b) => a - b)) {
    const outcome = outcomeOfLevel(deciding.filter((held) => held.level === level));
    if (outcome !== undefined) return withOffer(outcome, statements);
  }
  if (deciding.some(({ verdict }) => verdict.kind === 'undetermined')) {
    return { kind: 'undetermined', rule: 'an advisory cannot be compared' };
  }
  return offered(statements) ?? { kind: 'unaffected', rule: 'no advisory about this package names its version' };
}

function isElsewhere({ level }: Held): boolean {
  return level === levels.elsewhere;
}

/** Without those about other architectures, unless there are no others. */
function heard(cluster: Cluster<Held>): Cluster<Held> {
  const own = cluster.members.filter((held) => !isElsewhere(held));
  return own.length === 0 || own.length === cluster.members.length ? cluster : { ...cluster, members: own };
}

/**
 * What is said of other architectures of a package alone: a feed that leaves one out (AlmaLinux did for years) mostly
 * forgot it, and at times the flaw is really not in it. So it is told, as less than certain.
 */
function outcomeElsewhere(statements: readonly Held[]): Outcome {
  const outcome = outcomeOfLevel(statements);
  if (outcome?.kind !== 'vulnerable')
    return { kind: 'unaffected', rule: 'about other architectures, and not this version' };
  const judgment = { ...outcome.judgment, certainty: 'other-architecture' as const };
  return { kind: 'vulnerable', rule: 'only other architectures are spoken of', judgment };
}

/** The statements that take part in the decision about one flaw. */
export function decidingOf(statements: readonly Held[]): readonly Held[] {
  const counted = statements.filter(({ counts }) => counts);
  const aside = setAside(counted);
  return aside.size === 0 ? counted : counted.filter((held) => !aside.has(held));
}

function outcomeOfLevel(statements: readonly Held[]): Outcome | undefined {
  if (statements.some(({ verdict }) => verdict.kind === 'suppressed')) {
    return { kind: 'suppressed', rule: 'not affected, which no other advisory of its level overrides' };
  }
  const fixedIn = highestFix(statements);
  if (fixedIn !== undefined) {
    return vulnerable('older than the highest fixed version', { state: 'fixed', fixedIn }, statements);
  }
  const cleared = isCleared(statements);
  const open = cleared ? statements.filter((held) => outlastsFixes(held, statements)) : statements;
  const states = open.flatMap(({ verdict }) => (verdict.kind === 'vulnerable' ? [verdict.state] : []));
  const state = mostFinal.find((candidate) => states.includes(candidate));
  if (state !== undefined) {
    const rule = cleared ? 'in an affected range that reaches above the fix' : 'affected, and no fix that can be had';
    return vulnerable(rule, { state, fixedIn: null }, statements);
  }
  if (cleared) return { kind: 'cleared', rule: 'not older than the highest fixed version' };
  const undecided = statements.some(({ verdict }) => verdict.kind === 'undecided');
  if (!undecided) return undefined;
  return vulnerable('the vendor has not decided', { state: 'under_investigation', fixedIn: null }, statements);
}

/**
 * Whether the package has the fix. What an older document of a distribution still says does not matter then; of the
 * databases of a language none is the older one, and a package is affected if either says so.
 */
function isCleared(statements: readonly Held[]): boolean {
  if (!statements.some(({ verdict }) => verdict.kind === 'cleared')) return false;
  return !statements.some((held) => isOfLanguage(held) && isOpen(held.verdict));
}

function vulnerable(
  rule: string,
  judgment: Pick<Judgment, 'state' | 'fixedIn'>,
  statements: readonly Held[],
): Outcome & { readonly kind: 'vulnerable' } {
  const flawKind = flawKindOf(statements);
  return { kind: 'vulnerable', rule, judgment: { ...judgment, ...(flawKind === undefined ? {} : { flawKind }) } };
}

/** A statement about a real vulnerability takes precedence over one that only informs; one of them at least is open. */
function flawKindOf(statements: readonly Held[]): Advisory['kind'] {
  const kinds = statements.flatMap(({ verdict, advisory }) => (isOpen(verdict) ? [advisory.kind] : []));
  if (kinds.includes('malicious')) return 'malicious';
  return kinds.every((kind) => kind === 'informational') ? 'informational' : undefined;
}

/** A flaw that only a channel tells of which is not enabled: its fix shows that the package is affected. */
function offered(statements: readonly Held[]): Outcome | undefined {
  const offers = statements.filter(({ level }) => level === levels.offered);
  if (highestFix(offers) === undefined || outcomeOfLevel(offers)?.kind !== 'vulnerable') return undefined;
  const rule = 'only a support channel that is not enabled has the fix';
  return withOffer(vulnerable(rule, { state: 'affected', fixedIn: null }, offers), statements);
}

/** Names who offers a fix, where there is none otherwise. */
function withOffer(outcome: Outcome, statements: readonly Held[]): Outcome {
  if (outcome.kind !== 'vulnerable' || outcome.judgment.fixedIn !== null) return outcome;
  const offers = statements.filter(({ level }) => level === levels.offered);
  const offer = highestFix(offers) === undefined ? undefined : offers.find(({ offeredBy }) => offeredBy !== undefined);
  if (offer?.offeredBy === undefined) return outcome;
  return { ...outcome, judgment: { ...outcome.judgment, fixAvailableIn: offer.offeredBy } };
}

/** When unfixed statements differ, the one that promises least is the most informed one. */
const mostFinal: readonly AdvisoryState[] = ['end_of_life', 'will_not_fix', 'fix_deferred', 'affected'];

/** A second fix for the same flaw normally completes the first: the highest one that the package lacks counts. */
function highestFix(statements: readonly Held[]): string | undefined {
  const fixes = statements
    .flatMap(({ verdict, group }) =>
      verdict.kind === 'vulnerable' && verdict.fixedIn !== null ? [{ fix: verdict.fixedIn, id: group.scheme }] : [],
    )
    .sort((a, b) => compareText(a.id, b.id) || compareText(a.fix, b.fix));
  let highest = fixes[0];
  for (const next of fixes) {
    const scheme = versionScheme(next.id);
    if (highest?.id === next.id && scheme && (orderVersions(scheme, next.fix, highest.fix) ?? 0) > 0) highest = next;
  }
  return highest?.fix;
}

function openQuestions({ id, members }: Cluster<Held>): readonly Undecidable[] {
  return decidingOf(members).flatMap(({ verdict }) =>
    verdict.kind === 'undetermined'
      ? [{ vulnerability: verdict.wholePackage === true ? null : id, reason: verdict.reason }]
      : [],
  );
}
