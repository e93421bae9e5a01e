import { archiveMembers, readText } from '@clarion/file-formats/documents';
import { parseJson, readJson, ClarionError, type FeedDocument, type FeedRecord } from '@clarion/model';
import { parseVex } from './parse-document';
import { repositoriesDocument, vexDocument } from './plan';
import { parseRepositories } from './repositories';

/** The largest documents have some 3 MB. */
const maxDocumentBytes = 64 * 1024 * 1024;

/** Reads the archive of all VEX documents (a tar), a single one of them, or the map of repositories. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  if (document.name === repositoriesDocument) yield* parseRepositories(document);
  else if (document.name === vexDocument) yield* parseArchive(document);
  else yield* parseSingle(document);
}

async function* parseArchive(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const accept = (name: string): boolean => /(?:^|\/)cve-\d{4}-\d{4,19}\.json$/i.test(name);
  const options = { label: 'Red Hat VEX archive', accept, memberBytes: maxDocumentBytes };
  let members = 0;
  for await (const member of archiveMembers(document.body, options)) {
    members += 1;
    if (member.problem !== undefined) {
      yield { kind: 'problem', record: member.name, message: member.problem };
      continue;
    }
    const { buffer, byteOffset, byteLength } = member.content;
    const value = readJson(Buffer.from(buffer, byteOffset, byteLength).toString('utf8'));
    if (value === undefined) yield { kind: 'problem', record: member.name, message: 'Document is not JSON' };
    else yield* parseVex(value.value, member.name, document.name);
  }
  if (members === 0) throw new ClarionError('corrupt-data', 'Red Hat VEX archive holds no documents');
}

async function* parseSingle(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const value = parseJson(await readText(document.body, maxDocumentBytes), `Document ${document.name}`);
  yield* parseVex(value, document.name, document.name);
}
