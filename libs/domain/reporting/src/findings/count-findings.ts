import { type CompositionCounts, feedName, type Finding, type LackingFeed, severities } from '@clarion/model';
import { type MatchFacts, type MatchSubject, onSettledFacts, scopedFacts } from '@clarion/matching';
import type { FindingOptions } from '../report-options';
import { namespaceIds } from '../coverage/coverage';
import { findingPieces } from './findings-of';
import { countApart, countBySeverity, isCounted, reasonsApart } from './counts';
import { partialFeeds } from '../coverage/partial-coverage';

/**
 * The summary of a report on the same facts, and the part of its coverage that only matching shows; null where not all
 * findings could be counted, so that any number would be wrong.
 */
export async function countFindings(
  subject: MatchSubject,
  stored: MatchFacts,
  options: FindingOptions,
): Promise<CompositionCounts | null> {
  return onSettledFacts(stored, async () => {
    const counted = await countPieces(subject, stored, options);
    if (counted === null) return null;
    const lacking = await lackingOf(subject, stored, options);
    return { ...counted, ...(lacking.length > 0 && { lacking }) };
  });
}

/** An image may have more findings than fit into memory; of each piece only its counts are kept. */
async function countPieces(
  subject: MatchSubject,
  stored: MatchFacts,
  options: FindingOptions,
): Promise<CompositionCounts | null> {
  const counts = countBySeverity([]);
  const [unrated, vulnerabilities] = [new Set<string>(), new Set<string>()];
  const countedApart = { ...countApart([]) };
  let isOpen = false;
  for await (const { findings, undetermined, exceeded } of findingPieces(subject, stored, options)) {
    if (exceeded !== undefined) return null;
    const ofPiece = countBySeverity(findings);
    for (const severity of severities) counts[severity] += ofPiece[severity];
    for (const finding of findings) if (isCounted(finding)) vulnerabilities.add(finding.id);
    const apart = countApart(findings);
    for (const reason of reasonsApart) countedApart[reason] += apart[reason];
    for (const beginning of unratedOf(findings)) unrated.add(beginning);
    isOpen ||= undetermined;
  }
  return {
    ...counts,
    uniqueVulnerabilities: vulnerabilities.size,
    ...(reasonsApart.some((reason) => countedApart[reason] > 0) && { countedApart }),
    ...(isOpen && { undetermined: true as const }),
    ...(unrated.size > 0 && { unrated: [...unrated].sort() }),
  };
}

async function lackingOf(
  subject: MatchSubject,
  stored: MatchFacts,
  { feeds }: FindingOptions,
): Promise<readonly LackingFeed[]> {
  const states = await scopedFacts(stored, feeds).feedStates();
  if (states.every(({ missing }) => missing === undefined)) return [];
  const partial = namespaceIds(subject).flatMap((id) => partialFeeds(id, subject, { feeds, states }));
  return feeds.flatMap((feed) => {
    const missing = partial.filter((one) => one.feed === feedName(feed)).flatMap((one) => one.missing);
    return missing.length === 0 ? [] : [{ feed: feedName(feed), missing: [...new Set(missing)] }];
  });
}

/** CVE ids are distinguished by their year, as the documents are that rate them. */
const beginning = /^[^-]+-(?:(?:19|20)\d\d-)?/;

function unratedOf(findings: readonly Finding[]): ReadonlySet<string> {
  const unrated = findings.filter((finding) => finding.severity === 'Unknown' && isCounted(finding));
  const ids = unrated.flatMap(({ id, aliases }) => [id, ...aliases]);
  return new Set(ids.flatMap((id) => beginning.exec(id)?.[0] ?? []));
}
