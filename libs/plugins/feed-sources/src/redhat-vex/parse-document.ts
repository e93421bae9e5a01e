import { shortenText } from '@clarion/file-formats';
import { type CsafDocument, type CsafVulnerability, readCsaf } from '@clarion/file-formats/documents';
import { type CvssVector, type FeedRecord, type VulnerabilityRecord, isCveId } from '@clarion/model';
import { isRejection } from '../cve-rejection';
import { isAddOn, severityOf } from '../redhat-products';
import { groupsOf } from './merge-statements';
import { type ProblemCounts, type VexStatement, statementsOf } from './statements';

export const feedId = 'redhat-vex';

const maxDescription = 32_768;
const maxVectors = 8;

/**
 * Everything that one VEX document says; for a rejected CVE only its vulnerability record. A withdrawn document gives
 * its bare id, so that earlier facts about the vulnerability are removed.
 */
export function* parseVex(value: unknown, label: string, document: string): Generator<FeedRecord> {
  const csaf = readCsaf(value);
  if (typeof csaf === 'string') {
    yield { kind: 'problem', record: label, message: csaf };
    return;
  }
  if (csaf.status === 'deleted') {
    if (isCveId(csaf.id)) yield { kind: 'vulnerability', text: { feed: feedId, id: csaf.id } };
    return;
  }
  for (const vulnerability of csaf.vulnerabilities) {
    const id = vulnerability.cve ?? csaf.id;
    if (!isCveId(id)) {
      yield { kind: 'problem', record: label, message: `Vulnerability without a CVE id: ${id.slice(0, 80)}` };
      continue;
    }
    const text = textOf(id, vulnerability, csaf);
    yield { kind: 'vulnerability', text };
    if (text.rejected === true) continue;
    const problems: ProblemCounts = new Map();
    const statements: VexStatement[] = [...statementsOf(vulnerability, csaf, problems)];
    for (const group of groupsOf(statements, { feed: feedId, document, id })) {
      yield { kind: 'group', group, ...(isAddOn(group) ? { addOn: true } : {}) };
    }
    for (const [message, count] of problems) {
      yield {
        kind: 'problem',
        record: `${label} ${id}`,
        message: count === 1 ? message : `${message} (${count} entries)`,
      };
    }
  }
}

/** Links can be derived from the id and are not kept. */
function textOf(id: string, vulnerability: CsafVulnerability, { severity: word }: CsafDocument): VulnerabilityRecord {
  const { description, published, cwe, vectors } = vulnerability;
  const { severity } = severityOf(word);
  const cvss: readonly CvssVector[] = vectors
    .slice(0, maxVectors)
    .map((vector) => ({ source: 'secalert@redhat.com', vector: vector.slice(0, 200) }));
  return {
    feed: feedId,
    id,
    ...(description === undefined ? {} : { description: shortenText(description, maxDescription) }),
    ...(isRejection(description) ? { rejected: true } : {}),
    ...(severity === undefined ? {} : { severity }),
    ...(cvss.length > 0 ? { cvss } : {}),
    ...(cwe !== undefined && /^CWE-\d{1,6}$/.test(cwe) ? { cwes: [cwe] } : {}),
    ...(published === undefined ? {} : { published }),
  };
}
