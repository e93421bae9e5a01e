import { archiveMembers, asObject } from '@clarion/file-formats/documents';
import { ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';
import { vexArchiveName } from './plan';
import { updateRecords } from './update';
import { vexRecords } from './vex';

/** The largest records, updates and flaws of the kernel, have some megabytes. */
const memberBytes = 64 * 1024 * 1024;

interface Kind {
  /** Files that are records; the others are indexes, signatures and checksums. */
  readonly member: RegExp;
  readonly read: (value: Readonly<Record<string, unknown>>, label: string, document: string) => Iterable<FeedRecord>;
}

/** `osv/SUSE-SU-2024:0115-1.json` */
const updates: Kind = {
  member: /(?:^|\/)(?:open)?SUSE-[^/]{1,100}\.json$/,
  read: (value, _, document) => updateRecords(value, document),
};

/** `csaf-vex/cve-2023-5568.json` */
const flaws: Kind = { member: /(?:^|\/)cve-\d{4}-\d{4,19}\.json$/i, read: vexRecords };

/** Reads the archive of OSV records, one update at a time, or that of VEX documents, one flaw at a time. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const { member: isRecord, read } = document.name === vexArchiveName ? flaws : updates;
  const accept = (name: string): boolean => isRecord.test(name);
  let records = 0;
  for await (const member of archiveMembers(document.body, { label: document.name, accept, memberBytes })) {
    const label = member.name.slice(0, 120);
    const value = member.problem ?? jsonOf(member.content);
    if (typeof value === 'string') {
      yield { kind: 'problem', record: label, message: value };
      continue;
    }
    records += 1;
    yield* read(value, label, document.name);
  }
  if (records === 0) throw new ClarionError('corrupt-data', `Document ${document.name} holds no records`);
}

/** The record, or why it is invalid. */
function jsonOf(content: Uint8Array): Readonly<Record<string, unknown>> | string {
  try {
    return asObject(JSON.parse(Buffer.from(content).toString('utf8'))) ?? 'Record is not an object';
  } catch {
    return 'Record is not JSON';
  }
}
