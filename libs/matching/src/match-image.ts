import type {
  AdvisoryGroup,
  EffectiveImage,
  Finding,
  PlacedFeature,
  PlacedNamespace,
  Report,
  Severity,
  UndeterminedPackage,
} from '@clarion/model';
import { namespaceFamily, severities } from '@clarion/model';
import { coverageOf } from './coverage';
import type { Decided } from './decide';
import { decide } from './decide';
import type { PackageDecision } from './finding';
import { findingOf } from './finding';
import { inventoryOf } from './inventory';
import { knowledgeOf } from './knowledge';
import type { GroupIndex, MatchedGroup } from './lookup';
import { lookUp, matchedGroups } from './lookup';
import { sortedFindings } from './order';
import { scopeTraits } from './scope';
import { thirdPartyOf } from './third-party';
import type { MatchFacts, MatchOptions } from './types';

/**
 * Joins what an image holds with what the feeds say, now: the whole native report. Opens no layer, and depends on
 * nothing but its arguments: the same image, facts and options give the same report, whatever the order of either.
 * Bad versions, unknown schemes and missing feeds become part of the report; it only rejects when the store does.
 */
export async function matchImage(image: EffectiveImage, facts: MatchFacts, options: MatchOptions): Promise<Report> {
  const states = await facts.feedStates();
  const { decisions, undetermined } = await decideAll(image, facts);
  const findings = await describe(decisions, facts, options);
  const { problems, ...inventory } = inventoryOf(image, options);
  return {
    ...inventory,
    findings,
    coverage: coverageOf({ image, states, undetermined }, options),
    problems,
    summary: countBySeverity(findings),
  };
}

/** Number of findings of each severity. */
export function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

interface AllDecisions {
  readonly decisions: readonly PackageDecision[];
  readonly undetermined: readonly UndeterminedPackage[];
}

/** A feature with the statements about it and why these are less than certain. */
interface Match {
  readonly feature: PlacedFeature;
  readonly namespace: string;
  readonly groups: readonly MatchedGroup[];
  readonly notes: readonly string[];
}

async function decideAll(image: EffectiveImage, facts: MatchFacts): Promise<AllDecisions> {
  const decisions: PackageDecision[] = [];
  const undetermined: UndeterminedPackage[] = [];
  const decideOnce = sharedDecisions();
  for (const { feature, namespace, groups, notes } of await allMatches(image, facts)) {
    const decided = decideOnce(feature, groups);
    for (const decision of decided.decisions) decisions.push({ feature, namespace, decision, notes });
    for (const { vulnerability, reason } of decided.undecidable) {
      undetermined.push({ package: feature.name, version: feature.version, namespace, reason, vulnerability });
    }
  }
  return { decisions, undetermined };
}

/** `decide`, remembering its answers: the many binaries of one source mostly meet the same statements. */
function sharedDecisions(): typeof decide {
  const known = new Map<AdvisoryGroup, Map<string, Decided>>();
  return (feature, matched) => {
    const [first] = matched;
    if (first === undefined || matched.some(({ matchedBy }) => matchedBy === 'binary')) return decide(feature, matched);
    // All were found by the source, so the first group stands for all of them.
    const key = JSON.stringify(first.version) + scopeTraits(feature);
    const answers = known.get(first.group) ?? new Map<string, Decided>();
    known.set(first.group, answers);
    const answer = answers.get(key) ?? decide(feature, matched);
    answers.set(key, answer);
    return answer;
  };
}

async function allMatches(image: EffectiveImage, facts: MatchFacts): Promise<readonly Match[]> {
  const placed = image.features.flatMap((feature) =>
    feature.namespace === null ? [] : ([[feature.namespace, feature]] as const),
  );
  const index = await lookUp(facts, placed);
  const matches = placed.map(([namespace, feature]) => matchOf(index, namespace, feature));
  const silent = matches.filter(({ groups }) => groups.length === 0);
  return [...matches.filter(({ groups }) => groups.length > 0), ...(await channelMatches(silent, image, facts))];
}

function matchOf(index: GroupIndex, namespace: string, feature: PlacedFeature): Match {
  const groups = matchedGroups(index, namespace, feature);
  const publisher = groups.length === 0 ? undefined : thirdPartyOf(feature);
  const notes =
    publisher === undefined ? [] : [`reduced certainty: package is from ${publisher}, not the distribution`];
  return { feature, namespace, groups, notes };
}

/** Packages that the release's own data does not know may come from a channel enabled beside it (Alpine edge). */
async function channelMatches(
  silent: readonly Match[],
  { channels }: EffectiveImage,
  facts: MatchFacts,
): Promise<readonly Match[]> {
  const wanted = silent.flatMap((match) =>
    channels.flatMap((channel) => (isChannelOf(channel, match) ? [{ match, channel: channel.id }] : [])),
  );
  const index = await lookUp(
    facts,
    wanted.map(({ match, channel }) => [channel, match.feature]),
  );
  return wanted.map(({ match, channel }) => ({
    ...match,
    groups: matchedGroups(index, channel, match.feature),
    notes: [`reduced certainty: from ${channel}, enabled beside ${match.namespace}`],
  }));
}

function isChannelOf(channel: PlacedNamespace, { feature, namespace }: Match): boolean {
  return channel.packageType === feature.type && namespaceFamily(channel.id) === namespaceFamily(namespace);
}

async function describe(
  decisions: readonly PackageDecision[],
  facts: MatchFacts,
  { severityOrder }: MatchOptions,
): Promise<readonly Finding[]> {
  const knowledge = await knowledgeOf(
    decisions.map(({ decision }) => decision.cluster),
    facts,
    severityOrder,
  );
  return sortedFindings(decisions.map((of) => findingOf(of, knowledge)));
}
