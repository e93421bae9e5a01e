import {
  type CountedApart,
  type EffectiveImage,
  type FeedState,
  type Finding,
  type FindingKind,
  type Report,
  severities,
  type Severity,
  type Suppressed,
  type SuppressingSource,
} from '@clarion/model';
import { coverageOf } from './coverage';
import { decideAll } from './decide-all';
import { describeFindings } from './describe-findings';
import { inventoryOf } from './inventory';
import { sortedFindings, sortedTexts } from './order';
import { scopedFacts } from './scoped-facts';
import type { MatchFacts, MatchOptions } from './types';

/** How often a match is made again because feeds were updated meanwhile. */
const maxTries = 5;

/**
 * Joins what an image holds with what the feeds say, now: the whole native report. Opens no layer, and depends on
 * nothing but its arguments: the same image, facts and options give the same report, whatever the order of either.
 * Only feeds of `options.feeds` take part (`scopedFacts`). Bad versions, unknown schemes and missing feeds become part of the report; it only rejects when the store does.
 */
export async function matchImage(image: EffectiveImage, stored: MatchFacts, options: MatchOptions): Promise<Report> {
  const facts = scopedFacts(stored, options.feeds);
  return onSettledFacts(facts, (states) => matchOnce({ image, states }, facts, options));
}

/**
 * Runs `match` again while feeds were updated during it: facts are read by several questions, and an update between two of
 * them would be seen by the second one only.
 */
export async function onSettledFacts<T>(
  facts: Pick<MatchFacts, 'feedStates'>,
  match: (states: readonly FeedState[]) => Promise<T>,
): Promise<T> {
  let states = await facts.feedStates();
  for (let tries = 1; ; tries += 1) {
    const matched = await match(states);
    const after = await facts.feedStates();
    if (tries === maxTries || changesOf(after) === changesOf(states)) return matched;
    states = after;
  }
}

function changesOf(states: readonly FeedState[]): string {
  return JSON.stringify(states.map(({ feed, lastChange }) => [feed, lastChange]));
}

async function matchOnce(
  { image, states }: { readonly image: EffectiveImage; readonly states: readonly FeedState[] },
  facts: MatchFacts,
  options: MatchOptions,
): Promise<Report> {
  const { decisions, suppressedBy, undetermined, exceeded } = await decideAll(image, facts, options);
  const findings = sortedFindings(await describeFindings(decisions, facts, options));
  const matched = exceeded === undefined ? image : { ...image, problems: [...image.problems, exceeded] };
  const { problems, ecosystems: _, ...inventory } = inventoryOf(matched, options);
  return {
    ...inventory,
    findings,
    coverage: coverageOf({ image: matched, states, undetermined }, options),
    suppressed: suppressedOf(suppressedBy),
    problems,
    summary: countBySeverity(findings),
    ...(findings.every(isCounted) ? {} : { countedApart: countApart(findings) }),
  };
}

/** Whether a finding is one of the vulnerabilities of the summary: in the strict sense, and certain. */
export function isCounted(finding: Pick<Finding, 'kind' | 'certainty'>): boolean {
  return finding.kind === undefined && isCertain(finding);
}

/** Whether a package has the flaw for certain: what is told of other architectures only wakes nobody, and no search finds it. */
export function isCertain({ certainty }: Pick<Finding, 'certainty'>): boolean {
  return certainty === undefined;
}

/** Number of the findings that are not counted with the vulnerabilities, each under one reason. */
export function countApart(findings: readonly Finding[]): CountedApart {
  const count = (wanted: FindingKind): number =>
    findings.filter(({ kind, certainty }) => kind === wanted && certainty === undefined).length;
  return {
    malicious: count('malicious'),
    informational: count('informational'),
    otherArchitecture: findings.filter(({ certainty }) => certainty === 'other-architecture').length,
  };
}

/** Number of vulnerabilities of each severity. */
export function countBySeverity(findings: readonly Finding[]): Record<Severity, number> {
  const counts = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<Severity, number>;
  for (const finding of findings) if (isCounted(finding)) counts[finding.severity] += 1;
  return counts;
}

function suppressedOf(feeds: readonly string[]): Suppressed {
  const sources = sortedTexts(feeds).map((id): SuppressingSource => {
    return { kind: 'own-data', id, findings: feeds.filter((feed) => feed === id).length };
  });
  return { findings: feeds.length, sources };
}
