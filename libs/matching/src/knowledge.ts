import { cvssBaseScore } from '@clarion/file-formats';
import type { Vulnerability, VulnerabilityText } from '@clarion/model';
import type { Cluster } from './clusters';
import { isCve } from './clusters';
import { compareText, sortedTexts } from './order';
import type { SeverityOrigin } from './severity-choice';
import { severityOrigins } from './severity-choice';
import type { MatchFacts } from './types';

/** What feeds say about the vulnerabilities of a report, whatever the package. */
export interface Knowledge {
  /** Texts about a flaw under any of its ids: its own id first, then in the order of its aliases. */
  readonly textsOf: (flaw: FlawIds) => readonly VulnerabilityText[];
  /** Base score of a CVSS vector; undefined for text that is none. */
  readonly scoreOf: (vector: string) => number | undefined;
  readonly severityOrder: readonly SeverityOrigin[];
}

type FlawIds = Pick<Cluster<unknown>, 'id' | 'aliases'>;

/** Reads all that is known of the flaws in one request, and scores every vector once. */
export async function knowledgeOf(
  flaws: readonly FlawIds[],
  facts: Pick<MatchFacts, 'vulnerabilities'>,
  severityOrder: readonly SeverityOrigin[] = severityOrigins,
): Promise<Knowledge> {
  const ids = sortedTexts(flaws.flatMap(idsOf));
  const found = ids.length === 0 ? [] : await facts.vulnerabilities(ids);
  const known = new Map<string, Vulnerability>(found.map((one) => [one.id, one]));
  const scores = await scoresOf(found.flatMap(({ texts }) => texts));
  const last = severityOrigins.filter((origin) => !severityOrder.includes(origin));
  return {
    textsOf: (flaw) => idsOf(flaw).flatMap((id) => known.get(id)?.texts ?? []),
    scoreOf: (vector) => scores.get(vector),
    severityOrder: [...severityOrder, ...last],
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
