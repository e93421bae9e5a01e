import type { PlacedFeature, Suppression } from '@clarion/model';
import { evaluateAll, type EvaluatedAdvisory, type EvaluateOptions } from '../evaluate/evaluate-advisories';
import type { MatchedGroup } from '../lookup/look-up';
import { type FlawCluster, clusterByFlaw } from './cluster-by-flaw';
import { decideFlaw, decidingAdvisories, type FlawState, isElsewhere, isOpen } from './decide-flaw';
import { fixOfAll, isFixable } from './fix-of-all';
import { nearestFix } from './nearest-fix';

/** A flaw of a package, with all advisories about it. */
export interface DecidedFlaw extends FlawState {
  readonly cluster: FlawCluster<EvaluatedAdvisory>;
  /** Of a package of a language with a fix (`nearestFix`). */
  readonly nearestFix?: string | null;
  /** The lowest version that fixes this one and all others of the package that have a fix (`fixOfAll`). */
  readonly fixesAll?: string;
}

/** What could not be decided; without a vulnerability it concerns all advisories about the package. */
export interface UndecidableFlaw {
  readonly vulnerability: string | null;
  readonly reason: string;
}

/** A flaw that is not reported, and why. */
interface SuppressedDecision {
  readonly flaw: DecidedFlaw;
  readonly suppression: Suppression;
}

/** All flaws of one package. */
export interface DecidedPackage {
  readonly flaws: readonly DecidedFlaw[];
  /** Flaws that the package has according to its version and all feeds but the user's own ones. */
  readonly suppressed: readonly SuppressedDecision[];
  readonly undecidable: readonly UndecidableFlaw[];
  /** Number of the advisories about flaws that may be open: combining them is most of the work. */
  readonly open: number;
}

const nothing: DecidedPackage = { flaws: [], suppressed: [], undecidable: [], open: 0 };

/** Decides all flaws of one package from all advisories about its names. Pure, and independent of their order. */
export function decidePackage(
  feature: PlacedFeature,
  matched: readonly MatchedGroup[],
  options: EvaluateOptions,
): DecidedPackage {
  const evaluated = aboutOpenFlaws(
    evaluateAll(feature, matched, options).filter(({ scope }) => scope.kind !== 'other'),
  );
  if (evaluated.length === 0) return nothing;
  const flaws: DecidedFlaw[] = [];
  const undecidable: UndecidableFlaw[] = [];
  const suppressed: SuppressedDecision[] = [];
  for (const cluster of clusterByFlaw(evaluated, ({ advisory }) => advisory)) {
    const decision = decideFlaw(cluster.members);
    if (decision.kind !== 'vulnerable') suppressed.push(...suppressedByOwnData(cluster));
    if (decision.kind === 'suppressed') {
      if (decision.suppression !== undefined) suppressed.push(...suppressedByProgram(cluster, decision.suppression));
      continue;
    }
    if (decision.kind === 'vulnerable') flaws.push(decidedFlaw(cluster, decision.flaw));
    undecidable.push(...openQuestions(cluster));
  }
  return { flaws: withFixOfAll(flaws), suppressed, undecidable: onceForAll(undecidable), open: evaluated.length };
}

function decidedFlaw(cluster: FlawCluster<EvaluatedAdvisory>, flaw: FlawState): DecidedFlaw {
  const nearest = nearestFix(cluster.members, flaw);
  return { cluster: withoutElsewhere(cluster), ...flaw, ...(nearest === undefined ? {} : { nearestFix: nearest }) };
}

function withFixOfAll(flaws: readonly DecidedFlaw[]): readonly DecidedFlaw[] {
  const fixesAll = fixOfAll(flaws);
  return fixesAll === undefined ? flaws : flaws.map((flaw) => (isFixable(flaw) ? { ...flaw, fixesAll } : flaw));
}

/** A question about the whole package is listed once, not once per flaw. */
function onceForAll(undecidable: readonly UndecidableFlaw[]): readonly UndecidableFlaw[] {
  const ofPackage = new Map(undecidable.flatMap((one) => (one.vulnerability === null ? [[one.reason, one]] : [])));
  return [...undecidable.filter(({ vulnerability }) => vulnerability !== null), ...ofPackage.values()];
}

/** The flaw as all other feeds describe it; the own feed of the level that decided suppresses it. */
function suppressedByOwnData(cluster: FlawCluster<EvaluatedAdvisory>): readonly SuppressedDecision[] {
  const own = cluster.members.filter(
    ({ level, counts, versionMatch }) => level < 0 && counts && versionMatch.kind !== 'silent',
  );
  const [first] = own.sort((a, b) => a.level - b.level);
  if (first === undefined) return [];
  const decision = decideFlaw(cluster.members.filter(({ level }) => level >= 0));
  if (decision.kind !== 'vulnerable') return [];
  const { feed } = first.group;
  const suppression = { kind: 'own-data' as const, id: feed, reason: `not affected according to ${feed}` };
  return [{ flaw: { cluster: withoutElsewhere(cluster), ...decision.flaw }, suppression }];
}

/** The flaw as its version alone decides. */
function suppressedByProgram(
  { members, ...ids }: FlawCluster<EvaluatedAdvisory>,
  suppression: Suppression,
): readonly SuppressedDecision[] {
  const cluster = { ...ids, members: members.map(ofVersion) };
  const decision = decideFlaw(cluster.members);
  return decision.kind === 'vulnerable' ? [{ flaw: decidedFlaw(cluster, decision.flaw), suppression }] : [];
}

function ofVersion(evaluated: EvaluatedAdvisory): EvaluatedAdvisory {
  const { versionMatch } = evaluated;
  return versionMatch.kind === 'not-linked' ? { ...evaluated, versionMatch: versionMatch.ofVersion } : evaluated;
}

/**
 * The advisories about flaws that any of them leaves open. Most packages have none, and most of a package's flaws are
 * fixed: dropping those here is what keeps large packages fast. Ids are connected by advisories with aliases only.
 */
function aboutOpenFlaws(evaluated: readonly EvaluatedAdvisory[]): readonly EvaluatedAdvisory[] {
  const isOfInterest = ({ versionMatch }: EvaluatedAdvisory): boolean =>
    isOpen(versionMatch) || versionMatch.kind === 'not-linked';
  if (!evaluated.some(isOfInterest)) return [];
  const named = new Set<string>();
  for (const one of evaluated) {
    const { advisory } = one;
    if (advisory.aliases === undefined && !isOfInterest(one)) continue;
    named.add(advisory.id);
    for (const alias of advisory.aliases ?? []) named.add(alias);
  }
  return evaluated.filter(({ advisory }) => named.has(advisory.id));
}

/** Without those about other architectures, unless there are no others. */
function withoutElsewhere(cluster: FlawCluster<EvaluatedAdvisory>): FlawCluster<EvaluatedAdvisory> {
  const own = cluster.members.filter((one) => !isElsewhere(one));
  return own.length === 0 || own.length === cluster.members.length ? cluster : { ...cluster, members: own };
}

function openQuestions({ id, members }: FlawCluster<EvaluatedAdvisory>): readonly UndecidableFlaw[] {
  return decidingAdvisories(members).flatMap(({ versionMatch }) =>
    versionMatch.kind === 'undetermined'
      ? [{ vulnerability: versionMatch.wholePackage === true ? null : id, reason: versionMatch.reason }]
      : [],
  );
}
