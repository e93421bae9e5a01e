import { asObject, jsonElements } from '@clarion/file-formats/documents';
import { ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';
import { readCve } from './cve';
import { isAnswer } from './plan';

const list = 'vulnerabilities';
/** Kernel records with all their configurations have several megabytes. */
const limits = { memberBytes: 64 * 1024 * 1024, depth: 100 };

/**
 * Reads a yearly file or an API response (both have the structure of API 2.0), one CVE at a time. A response with fewer
 * records than it states is rejected: the missing records would never be read.
 */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  let stated: unknown;
  let records = 0;
  for await (const member of jsonElements(document.body, list, limits)) {
    if (member.element !== true) {
      if (member.key === 'totalResults' && member.problem === undefined) stated = member.value;
      continue;
    }
    records += 1;
    const value = member.problem === undefined ? asObject(asObject(member.value)?.['cve']) : undefined;
    if (value === undefined) {
      yield { kind: 'problem', record: `${list}[${records - 1}]`, message: member.problem ?? 'Entry without a CVE' };
    } else {
      yield* readCve(value, document.name);
    }
  }
  if (typeof stated !== 'number') {
    throw new ClarionError('corrupt-data', `Document ${document.name} is not in NVD's format 2.0`);
  }
  if (stated === records) return;
  const message = `${stated} records are stated, ${records} are there`;
  if (isAnswer(document.name)) throw new ClarionError('corrupt-data', `Document ${document.name}: ${message}`);
  yield { kind: 'problem', record: 'totalResults', message };
}
