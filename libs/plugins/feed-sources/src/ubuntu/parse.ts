import { archiveMembers } from '@clarion/file-formats/documents';
import { ClarionError, type FeedDocument, type FeedRecord, cveIdSource } from '@clarion/model';
import { readOsv } from './read-osv';
import { feedId, type ReadRecord, type ArchiveAdvisory } from './archive-record';
import { readVex } from './read-vex';

export const osvArchive = 'osv/osv-all.tar.xz';
export const vexArchive = 'vex/vex-all.tar.xz';

interface Archive {
  /** File names of the records that are read; the folders above may be any. */
  readonly record: RegExp;
  readonly read: (value: unknown) => ReadRecord;
}

const osv: Archive = {
  record: new RegExp(String.raw`(?:^|/)(?:UBUNTU-${cveIdSource}|USN-\d{1,6}-\d{1,4})\.json$`),
  read: readOsv,
};
// Documents of notices (USN-…) repeat those of their CVEs.
const vex: Archive = { record: new RegExp(String.raw`(?:^|/)${cveIdSource}\.json$`), read: readVex };

/** Kernel flaws concern some hundred packages, each with dozens of binaries on six architectures. */
const memberBytes = 64 * 1024 * 1024;

/** Reads an archive record by record; each record gives one part of a group for every package that it names. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const { record, read } = document.name === vexArchive ? vex : osv;
  const accept = (name: string): boolean => record.test(name);
  let records = 0;
  for await (const member of archiveMembers(document.body, { label: document.name, accept, memberBytes })) {
    records += 1;
    const name = member.name.slice(member.name.lastIndexOf('/') + 1, -'.json'.length);
    const found = member.problem ?? readMember(member.content, read);
    if (typeof found === 'string') yield { kind: 'problem', record: name, message: found };
    else yield* recordsOf(name, found, document.name);
  }
  if (records === 0) throw new ClarionError('corrupt-data', `Document ${document.name} holds no records`);
}

function readMember(content: Uint8Array, read: Archive['read']): ReadRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(content.buffer, content.byteOffset, content.length).toString('utf8'));
  } catch (error) {
    return error instanceof Error ? `not JSON: ${error.message.slice(0, 100)}` : 'not JSON';
  }
  return read(value);
}

function* recordsOf(name: string, { advisories, text, problems }: ReadRecord, document: string): Generator<FeedRecord> {
  for (const message of problems) yield { kind: 'problem', record: name, message };
  if (text !== undefined) yield { kind: 'vulnerability', text };
  const groups = new Map<string, ArchiveAdvisory[]>();
  for (const one of advisories) {
    // A namespace has no blank.
    const key = `${one.namespace} ${one.package}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const { namespace, package: source } = first;
    const advisories = group.map(({ advisory }) => advisory);
    const groupKey = { namespace, package: source, feed: feedId, document };
    yield { kind: 'group', group: { ...groupKey, nameKind: 'source', scheme: 'dpkg', advisories } };
  }
}
