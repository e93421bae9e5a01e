import { asObject, readText } from '@clarion/file-formats/documents';
import {
  ClarionError,
  type FeedState,
  type MissingDocument,
  type PlannedDocument,
  type Upstream,
} from '@clarion/model';
import { type RepositoryFile, repositoryFile } from '../rpm-repository';
import {
  catalogName,
  documentOf,
  fixedRepositories,
  mirrorPath,
  mounts,
  type Repository,
  topicRepositories,
} from './repositories';

export { mounts };

const maxCatalogBytes = 16 * 1024 ** 2;
const maxListBytes = 64 * 1024;
const maxTopics = 1000;
const mirrorsTried = 3;

/**
 * `updateinfo` of every repository: list of mirrors, then index of the repository, then its place and digest, so that
 * unchanged ones are not fetched. A repository without `updateinfo` is normal. One that is not essential and cannot be
 * read keeps the facts it has; a topic may be missing for an architecture, and the server answers 403 for that.
 * Throws `upstream-unavailable` when an essential one cannot be read, or there is none at all.
 */
export async function amazonDocuments(
  upstream: Upstream,
  last?: Pick<FeedState, 'documents'>,
): Promise<readonly PlannedDocument[]> {
  const documents: PlannedDocument[] = [];
  const topics = await topicsOf(upstream);
  for (const repository of [...fixedRepositories(), ...topics.flatMap(topicRepositories)]) {
    const known = Object.hasOwn(last?.documents ?? {}, documentOf(repository));
    const document = await documentIn(upstream, repository, known);
    if (document !== undefined) documents.push(document);
  }
  if (documents.length === 0) {
    throw new ClarionError('upstream-unavailable', 'No repository of Amazon Linux has advisories');
  }
  return documents;
}

/** What no release is whole without and a mirror lacks: of one architecture there would be silence, and no failure. */
export function missingDocuments(planned: readonly PlannedDocument[]): readonly MissingDocument[] {
  const names = new Set(planned.map(({ name }) => name));
  return fixedRepositories()
    .filter((repository) => repository.essential && !names.has(documentOf(repository)))
    .map((repository) => ({ name: documentOf(repository) }));
}

/** Names of the extras topics of Amazon Linux 2, deprecated ones too: their packages stay installed. */
async function topicsOf(upstream: Upstream): Promise<readonly string[]> {
  const answer = await upstream.get(catalogName);
  if (answer.kind !== 'content') return [];
  const topics = asObject(parseJson(await readText(answer.body, maxCatalogBytes)))?.['topics'];
  if (!Array.isArray(topics)) throw new ClarionError('corrupt-data', 'Catalogue of extras has no list of topics');
  const names = (topics as unknown[]).flatMap((topic) => {
    const name = asObject(topic)?.['n'];
    return typeof name === 'string' && /^[A-Za-z0-9][\w.+-]{0,63}$/.test(name) ? [name] : [];
  });
  return [...new Set(names)].slice(0, maxTopics);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ClarionError('corrupt-data', 'Catalogue of extras is not JSON', { cause });
  }
}

async function documentIn(
  upstream: Upstream,
  repository: Repository,
  known: boolean,
): Promise<PlannedDocument | undefined> {
  try {
    return await locate(upstream, repository);
  } catch (error) {
    if (!(error instanceof ClarionError) || repository.essential) throw error;
    // A repository that had advisories and cannot be found through its list: read as it is, that is noted as a failure of it.
    return known ? { name: documentOf(repository), path: repository.mirrorList } : undefined;
  }
}

async function locate(upstream: Upstream, repository: Repository): Promise<PlannedDocument | undefined> {
  const list = await upstream.get(repository.mirrorList);
  if (list.kind !== 'content') return undefined;
  const lines = (await readText(list.body, maxListBytes)).split(/\r?\n/);
  let failure = new ClarionError('upstream-unavailable', `${repository.mirrorList} names no mirror that can be asked`);
  for (const mirror of lines.flatMap((line) => mirrorPath(line) ?? []).slice(0, mirrorsTried)) {
    try {
      const file = await updateinfoOf(upstream, mirror);
      if (file === undefined) return undefined;
      const { location, ...digest } = file;
      return { name: documentOf(repository), path: `${mirror}/${location}`, ...digest };
    } catch (error) {
      if (!(error instanceof ClarionError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function updateinfoOf(upstream: Upstream, mirror: string): Promise<RepositoryFile | undefined> {
  const index = `${mirror}/repodata/repomd.xml`;
  const answer = await upstream.get(index);
  if (answer.kind !== 'content') throw new ClarionError('upstream-unavailable', `${index} is not there`);
  return repositoryFile(answer.body, 'updateinfo');
}
