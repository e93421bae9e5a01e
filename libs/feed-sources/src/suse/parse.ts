import { ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';
import { archiveMembers } from '../archive-members';
import { asObject } from '../json-stream';
import { updateRecords } from './update';

export const archiveName = 'osv.tar.bz2';

/** The kernel's updates of today have some 2 MiB. */
const memberBytes = 64 * 1024 * 1024;

/** `osv/SUSE-SU-2024:0115-1.json`; beside them lies an index. */
const recordName = /(?:^|\/)(?:open)?SUSE-[^/]{1,100}\.json$/;

/** Reads the archive of OSV records, one update at a time. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const accept = (name: string): boolean => recordName.test(name);
  let records = 0;
  for await (const member of archiveMembers(document.body, { label: document.name, accept, memberBytes })) {
    const value = member.problem ?? jsonOf(member.content);
    if (typeof value === 'string') {
      yield { kind: 'problem', record: member.name.slice(0, 120), message: value };
      continue;
    }
    records += 1;
    yield* updateRecords(value, document.name);
  }
  if (records === 0) throw new ClarionError('corrupt-data', `Document ${document.name} holds no records`);
}

/** The record, or why it is none. */
function jsonOf(content: Uint8Array): Readonly<Record<string, unknown>> | string {
  try {
    return asObject(JSON.parse(Buffer.from(content).toString('utf8'))) ?? 'Record is no object';
  } catch {
    return 'Record is not JSON';
  }
}
