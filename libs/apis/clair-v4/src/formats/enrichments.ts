import type { Finding } from '@clarion/model';
import type { CvssEnrichment } from './clair-report';

const typeOf = (enricher: string, schema: string): string =>
  `message/vnd.clair.map.vulnerability; enricher=clair.${enricher} schema=${schema}`;

const cvss = typeOf('cvss', 'https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema');
const epss = typeOf('epss', 'none');
const kev = typeOf('kev', 'none');

/** Lists of objects by the id of a vulnerability; none of the lists is empty. */
type ByVulnerability = Record<string, readonly object[]>;

/** What a report says of vulnerabilities beyond their advisories. */
export type Enrichments = Readonly<Record<string, readonly [ByVulnerability]>>;

/**
 * CVSS is always first, also without any data: clients read the first type, and a score in each of its objects.
 */
export function enrichmentsOf(findings: ReadonlyMap<string, Finding>, withScores: boolean): Enrichments {
  const all = [...findings];
  const scored = collect(all, cvssOf);
  if (!withScores) return Object.keys(scored).length === 0 ? {} : { [cvss]: [scored] };
  return { [cvss]: [scored], ...some(epss, collect(all, epssOf)), ...some(kev, collect(all, kevOf)) };
}

function some(type: string, entries: ByVulnerability): Enrichments {
  return Object.keys(entries).length === 0 ? {} : { [type]: [entries] };
}

function collect(
  findings: readonly (readonly [string, Finding])[],
  of: (finding: Finding) => readonly object[],
): ByVulnerability {
  return Object.fromEntries(
    findings.flatMap(([id, finding]) => {
      const objects = of(finding);
      return objects.length === 0 ? [] : [[id, objects] as const];
    }),
  );
}

/** One object for each vector; the most trusted source first. */
function cvssOf({ severities }: Finding): readonly CvssEnrichment[] {
  const byVector = new Map<string, CvssEnrichment>();
  for (const { score, vector } of severities) {
    if (score === null || vector === null || byVector.has(vector)) continue;
    const version = /^CVSS:(\d\.\d)\//.exec(vector)?.[1] ?? '2.0';
    byVector.set(vector, { version, vectorString: vector, baseScore: score, baseSeverity: baseSeverity(score) });
  }
  return [...byVector.values()];
}

/** The qualitative scale of CVSS 3 and 4. */
function baseSeverity(score: number): string {
  if (score >= 9) return 'CRITICAL';
  if (score >= 7) return 'HIGH';
  if (score >= 4) return 'MEDIUM';
  return score > 0 ? 'LOW' : 'NONE';
}

function epssOf(finding: Finding): readonly object[] {
  if (finding.epss === null) return [];
  const { score, percentile, date } = finding.epss;
  return [{ modelVersion: '', date: date ?? '', cve: cveOf(finding), epss: score, percentile: percentile ?? 0 }];
}

function kevOf(finding: Finding): readonly object[] {
  if (finding.knownExploited === null) return [];
  const { dateAdded, dueDate, requiredAction, ransomware } = finding.knownExploited;
  const described = { vulnerabilityName: '', catalogVersion: '', shortDescription: '' };
  const due = { dateAdded, requiredAction: requiredAction ?? '', dueDate: dueDate ?? '' };
  return [{ cve: cveOf(finding), ...described, ...due, knownRansomwareCampaignUse: ransomware ? 'Known' : 'Unknown' }];
}

/** The id that EPSS and KEV use. */
function cveOf({ id, aliases }: Finding): string {
  return [id, ...aliases].find((one) => one.startsWith('CVE-')) ?? id;
}
