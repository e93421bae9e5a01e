import { type Epss, type Finding, type KnownExploited, sortedTexts, type VulnerabilityRecord } from '@clarion/model';

/** What is known about a vulnerability apart from its severity. It never creates or removes a finding. */
export type FindingEnrichment = Pick<Finding, 'description' | 'cwes' | 'published' | 'epss' | 'knownExploited'>;

/** Takes each member from the most trusted record that has it; weaknesses from all of them. */
export function enrichmentOf(texts: readonly VulnerabilityRecord[]): FindingEnrichment {
  const epss = firstOf(texts, (text) => text.epss);
  const knownExploited = firstOf(texts, (text) => text.knownExploited);
  return {
    description: firstOf(texts, ({ description }) => description) ?? null,
    cwes: sortedTexts(texts.flatMap(({ cwes = [] }) => cwes)),
    published: firstOf(texts, ({ published }) => published) ?? null,
    epss: epss === undefined ? null : epssOf(epss),
    knownExploited: knownExploited === undefined ? null : knownExploitedOf(knownExploited),
  };
}

function firstOf<T>(texts: readonly VulnerabilityRecord[], read: (text: VulnerabilityRecord) => T | undefined) {
  for (const text of texts) {
    const value = read(text);
    if (value !== undefined) return value;
  }
  return undefined;
}

function epssOf({ score, percentile, date }: Epss): Finding['epss'] {
  return { score, percentile: percentile ?? null, date: date ?? null };
}

function knownExploitedOf(known: KnownExploited): Finding['knownExploited'] {
  const { dateAdded, dueDate, requiredAction, ransomware } = known;
  return { dateAdded, dueDate: dueDate ?? null, requiredAction: requiredAction ?? null, ransomware };
}
