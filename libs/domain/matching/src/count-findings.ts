import { feedName, type CompositionCounts, type Finding, type LackingFeed } from '@clarion/model';
import { namespaceIds } from './coverage';
import type { DecideAllOptions } from './decide-all';
import { findingsInAnyOrder, type MatchSubject } from './findings-of';
import { countBySeverity, isCounted, onSettledFacts } from './match-image';
import { partialFeeds } from './partial-coverage';
import { scopedFacts } from './scoped-facts';
import type { MatchFacts } from './types';

/**
 * The summary of a report on the same facts, and what of its coverage only matching tells; null where not all findings could
 * be counted, so that any number would be wrong.
 */
export async function countFindings(
  subject: MatchSubject,
  stored: MatchFacts,
  options: DecideAllOptions,
): Promise<CompositionCounts | null> {
  const found = await onSettledFacts(stored, async () => ({
    ...(await findingsInAnyOrder(subject, stored, options)),
    lacking: await lackingOf(subject, stored, options),
  }));
  if (found.exceeded !== undefined) return null;
  const { findings, undetermined, lacking } = found;
  const unrated = unratedOf(findings);
  return {
    ...countBySeverity(findings),
    ...(undetermined && { undetermined }),
    ...(lacking.length > 0 && { lacking }),
    ...(unrated.length > 0 && { unrated }),
  };
}

async function lackingOf(
  subject: MatchSubject,
  stored: MatchFacts,
  { feeds }: DecideAllOptions,
): Promise<readonly LackingFeed[]> {
  const states = await scopedFacts(stored, feeds).feedStates();
  if (states.every(({ missing }) => missing === undefined)) return [];
  const partial = namespaceIds(subject).flatMap((id) => partialFeeds(id, subject, { feeds, states }));
  return feeds.flatMap((feed) => {
    const missing = partial.filter((one) => one.feed === feedName(feed)).flatMap((one) => one.missing);
    return missing.length === 0 ? [] : [{ feed: feedName(feed), missing: [...new Set(missing)] }];
  });
}

/** CVE ids are told apart by their year, as the documents are that rate them. */
const beginning = /^[^-]+-(?:(?:19|20)\d\d-)?/;

function unratedOf(findings: readonly Finding[]): readonly string[] {
  const unrated = findings.filter((finding) => finding.severity === 'Unknown' && isCounted(finding));
  const ids = unrated.flatMap(({ id, aliases }) => [id, ...aliases]);
  return [...new Set(ids.flatMap((id) => beginning.exec(id)?.[0] ?? []))].sort();
}
