import { archiveMembers } from '@clarion/file-formats/documents';
import type { FeedDocument, FeedRecord } from '@clarion/model';
import { osvGroups } from './osv-groups';
import { type OsvReading, readOsvRecord } from './osv-record';

/** The largest record of the public export has 94 KiB; lists of versions can make a record several MiB. */
export const recordBytes = 16 * 1024 * 1024;

export interface OsvArchiveReading extends OsvReading {
  /** Whether a file of the archive is a record; by default every `.json` file is. */
  readonly accept?: (name: string) => boolean;
}

/** Reads an archive (zip or tar) with one OSV record per file, one record at a time. */
export async function* parseOsvArchive(document: FeedDocument, reading: OsvArchiveReading): AsyncGenerator<FeedRecord> {
  const accept = reading.accept ?? ((name: string) => name.endsWith('.json'));
  for await (const member of archiveMembers(document.body, {
    label: document.name,
    memberBytes: recordBytes,
    accept,
  })) {
    if (member.problem === undefined) {
      yield* factsOfJson(Buffer.from(member.content).toString('utf8'), { name: member.name, document, reading });
    } else yield { kind: 'problem', record: member.name, message: member.problem };
  }
}

export interface OsvRecordSource {
  /** The name of the record in problems when it has no id. */
  readonly name: string;
  readonly document: Pick<FeedDocument, 'name'>;
  readonly reading: OsvReading;
}

/** Reads one OSV record from JSON text; invalid JSON is a problem. */
export function* factsOfJson(json: string, source: OsvRecordSource): Generator<FeedRecord> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    yield { kind: 'problem', record: source.name, message: 'Record is not JSON' };
    return;
  }
  yield* factsOf(value, source);
}

/** Reads one OSV record. */
export function* factsOf(value: unknown, { name, document, reading }: OsvRecordSource): Generator<FeedRecord> {
  const record = readOsvRecord(value, reading);
  if (record === undefined) {
    yield { kind: 'problem', record: name, message: 'Record without a usable id' };
    return;
  }
  for (const message of record.problems) yield { kind: 'problem', record: record.id, message };
  for (const text of record.texts) yield { kind: 'vulnerability', text };
  for (const group of osvGroups(record.advisories, { feed: reading.feed, document: document.name }))
    yield { kind: 'group', group };
}
