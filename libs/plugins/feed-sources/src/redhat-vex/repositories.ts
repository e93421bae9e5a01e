import { asObject, jsonMembers } from '@clarion/file-formats/documents';
import type { FeedDocument, FeedRecord } from '@clarion/model';
import { feedId } from './parse-document';

const maxCpes = 1000;

/**
 * Reads `repository-to-cpe.json`: `{data: {"<repository id>": {cpes: […]}}}`. The inner object is one member of the
 * document, some 3 MiB of text. Throws `corrupt-data` when the document is not whole or has no `data`.
 */
export async function* parseRepositories(document: FeedDocument): AsyncGenerator<FeedRecord> {
  for await (const member of jsonMembers(document.body)) {
    if (member.key !== 'data') continue;
    const repositories = member.problem === undefined ? asObject(member.value) : undefined;
    if (repositories === undefined) {
      yield { kind: 'problem', record: 'data', message: member.problem ?? 'The list of repositories is not an object' };
      continue;
    }
    for (const [repository, value] of Object.entries(repositories)) yield readRepository(repository, value);
  }
}

function readRepository(repository: string, value: unknown): FeedRecord {
  const list = asObject(value)?.['cpes'];
  const cpes = Array.isArray(list) ? (list as unknown[]).filter((cpe): cpe is string => typeof cpe === 'string') : [];
  if (!/^[\x21-\x7e]{1,256}$/.test(repository) || cpes.length === 0 || cpes.length > maxCpes) {
    return { kind: 'problem', record: repository.slice(0, 256), message: 'Repository without products' };
  }
  return { kind: 'repository', repository: { feed: feedId, repository, cpes: [...new Set(cpes)].sort() } };
}
