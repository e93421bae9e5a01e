import type { Advisory, VulnerabilityRecord } from '@clarion/model';
import type { FactRecord } from './record-encoding';

/** Approximate memory use of a record, in bytes. A rough estimate, because it is computed for every record. */
export function sizeOfRecord(record: FactRecord): number {
  if (record.kind === 'group') return 200 + sizeOfAdvisories(record.group.advisories);
  if (record.kind === 'repository') return 200 + 100 * record.repository.cpes.length;
  return sizeOfText(record.text);
}

/** Approximate memory use of a vulnerability record, in bytes. */
export function sizeOfText({ description, aliases, cvss, cwes, links, epss }: VulnerabilityRecord): number {
  // A few numbers take less memory than their JSON: scores, one for each CVE, stay in memory.
  if (epss !== undefined && description === undefined) return 24;
  const lists = count(aliases) + 2 * count(cvss) + count(cwes) + count(links);
  return 300 + (description?.length ?? 0) + 100 * lists;
}

/** Approximate memory use of advisories, in bytes. */
export function sizeOfAdvisories(advisories: readonly Advisory[]): number {
  let size = 0;
  for (const { aliases, ranges, versions, links, scope, reason } of advisories) {
    const scoped = scope === undefined ? 0 : 1 + count(scope.architectures) + count(scope.cpes);
    const lists = count(aliases) + count(ranges) + count(versions) + count(links) + scoped;
    size += 220 + (reason?.length ?? 0) + 80 * lists;
  }
  return size;
}

function count(list: readonly unknown[] | undefined): number {
  return list?.length ?? 0;
}
