import { cvssBaseScore } from '@clarion/file-formats';
import {
  compareText,
  feedName,
  type FeedRole,
  sortedTexts,
  type Vulnerability,
  type VulnerabilityText,
} from '@clarion/model';
import { type Cluster, type FeedInfo, isCve, type MatchFacts, roleOf, tellsOf } from '@clarion/matching';
import { type SeverityOrigin, severityOrigins } from './severity-origin';
import type { ReportOptions } from '../report-options';

/** What feeds say about the vulnerabilities of a report, whatever the package. */
export interface Knowledge {
  /**
   * Texts about a flaw under any of its ids, of feeds that count for packages of the namespace: under its own id first, then
   * in the order of its aliases.
   */
  readonly textsOf: (flaw: FlawIds, namespace: string) => readonly VulnerabilityText[];
  /** Base score of a CVSS vector; undefined for text that is none. */
  readonly scoreOf: (vector: string) => number | undefined;
  readonly severityOrder: readonly SeverityOrigin[];
  readonly feeds: {
    /** Names of the feeds that rate vulnerabilities and speak about no package. */
    readonly rating: ReadonlySet<string>;
    /** Names of the user's own feeds. */
    readonly own: ReadonlySet<string>;
  };
}

type FlawIds = Pick<Cluster<unknown>, 'id' | 'aliases'>;

/** Reads all that is known of the flaws in one request, and scores every vector once. */
export async function knowledgeOf(
  flaws: readonly FlawIds[],
  facts: Pick<MatchFacts, 'vulnerabilities'>,
  { feeds, severityOrder = severityOrigins }: Pick<ReportOptions, 'feeds' | 'severityOrder'>,
): Promise<Knowledge> {
  const ids = sortedTexts(flaws.flatMap(idsOf));
  const found = ids.length === 0 ? [] : await facts.vulnerabilities(ids);
  const known = new Map<string, Vulnerability>(found.map((one) => [one.id, one]));
  const scores = await scoresOf(found.flatMap(({ texts }) => texts));
  const tellersOf = tellersByNamespace(feeds);
  const last = severityOrigins.filter((origin) => !severityOrder.includes(origin));
  return {
    textsOf: (flaw, namespace) => {
      const tellers = tellersOf(namespace);
      return idsOf(flaw).flatMap((id) => (known.get(id)?.texts ?? []).filter(({ feed }) => tellers.has(feed)));
    },
    scoreOf: (vector) => scores.get(vector),
    severityOrder: [...severityOrder, ...last],
    feeds: { rating: namesOf(feeds, 'severities'), own: namesOf(feeds, 'own-data') },
  };
}

function namesOf(feeds: readonly FeedInfo[], role: FeedRole): ReadonlySet<string> {
  return new Set(feeds.filter((feed) => roleOf(feed) === role).map(feedName));
}

/** Names of the feeds whose words on a vulnerability count for packages of a namespace; asked for every finding. */
function tellersByNamespace(feeds: readonly FeedInfo[]): (namespace: string) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  return (namespace) => {
    const found = known.get(namespace) ?? new Set(feeds.filter((feed) => tellsOf(feed, namespace)).map(feedName));
    known.set(namespace, found);
    return found;
  };
}

/** Another CVE among the aliases is another flaw that some statement mentions. */
function idsOf({ id, aliases }: FlawIds): readonly string[] {
  const others = aliases.filter((alias) => alias !== id && !isCve(alias));
  return [id, ...others.sort(compareText)];
}

/** Base scores of all CVSS vectors in texts. */
export async function scoresOf(texts: readonly VulnerabilityText[]): Promise<ReadonlyMap<string, number>> {
  const scores = new Map<string, number>();
  for (const vector of new Set(texts.flatMap(({ cvss = [] }) => cvss.map((one) => one.vector)))) {
    const score = await cvssBaseScore(vector);
    if (score !== undefined) scores.set(vector, score);
  }
  return scores;
}
