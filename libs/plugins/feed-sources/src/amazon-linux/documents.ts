import { asObject, readText } from '@clarion/file-formats/documents';
import {
  parseJson,
  ClarionError,
  type FeedPlan,
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
  targetOf,
  type AmazonRepository,
  topicRepositories,
} from './repositories';

export { mounts };

const maxCatalogBytes = 16 * 1024 ** 2;
const maxListBytes = 64 * 1024;
const maxTopics = 1000;
const mirrorsTried = 3;

/**
 * Finds `updateinfo` of every repository: mirror list, index of the repository, then path and digest of the file, so
 * that unchanged files are not fetched. A repository without `updateinfo` is normal. A repository that is not essential
 * and cannot be read keeps its stored facts. A topic may be missing for an architecture, for which the server answers
 * 403. Throws `upstream-unavailable` when an essential repository cannot be read, or when no repository has advisories.
 */
export async function planAmazon(upstream: Upstream, last?: Pick<FeedState, 'documents'>): Promise<FeedPlan> {
  const topics = await topicsOf(upstream);
  const checked: CheckedRepository[] = [];
  for (const repository of [...fixedRepositories(), ...(topics ?? []).flatMap(topicRepositories)]) {
    const known = Object.hasOwn(last?.documents ?? {}, documentOf(repository));
    checked.push({ repository, found: await documentIn(upstream, repository, known) });
  }
  const documents = checked.flatMap(({ found }) => (typeof found === 'string' ? [] : [found]));
  if (documents.length === 0) {
    throw new ClarionError('upstream-unavailable', 'No repository of Amazon Linux has advisories');
  }
  const catalogue = topics === undefined ? [{ name: catalogName, namespaces: ['amzn:2'] }] : [];
  return { documents, missing: [...catalogue, ...missingIn(checked)] };
}

/** The result for a repository: a document, no advisories, or no repository. */
type Found = PlannedDocument | 'none' | 'absent';

interface CheckedRepository {
  readonly repository: AmazonRepository;
  readonly found: Found;
}

/**
 * Documents that a mirror lacks: without them, results would be missing without an error. A core exists for every
 * architecture; other repositories may exist for only one.
 */
function missingIn(checked: readonly CheckedRepository[]): readonly MissingDocument[] {
  const there = new Set(checked.flatMap(({ repository, found }) => (found === 'absent' ? [] : [repository.name])));
  return checked.flatMap(({ repository, found }): readonly MissingDocument[] => {
    const name = documentOf(repository);
    const target = targetOf(name);
    if (target === undefined || typeof found !== 'string') return [];
    const { namespace, architecture, packageRepository } = target;
    // If a release has no core at all, the report itself shows that it is not covered.
    const isMissed =
      packageRepository === undefined
        ? repository.essential || there.has(repository.name)
        : !there.has(repository.name);
    if (!isMissed) return [];
    return [
      {
        name,
        namespaces: [namespace],
        architecture,
        ...(packageRepository === undefined ? {} : { origin: packageRepository }),
      },
    ];
  });
}

/**
 * Names of the extras topics of Amazon Linux 2, including deprecated ones: their packages stay installed. Undefined if
 * the catalogue does not exist.
 */
async function topicsOf(upstream: Upstream): Promise<readonly string[] | undefined> {
  const answer = await upstream.get(catalogName);
  if (answer.kind !== 'content') return undefined;
  const topics = asObject(parseJson(await readText(answer.body, maxCatalogBytes), 'Catalogue of extras'))?.['topics'];
  if (!Array.isArray(topics)) throw new ClarionError('corrupt-data', 'Catalogue of extras has no list of topics');
  const names = (topics as unknown[]).flatMap((topic) => {
    const name = asObject(topic)?.['n'];
    return typeof name === 'string' && /^[A-Za-z0-9][\w.+-]{0,63}$/.test(name) ? [name] : [];
  });
  return [...new Set(names)].slice(0, maxTopics);
}

async function documentIn(upstream: Upstream, repository: AmazonRepository, known: boolean): Promise<Found> {
  try {
    return await locate(upstream, repository);
  } catch (error) {
    if (!(error instanceof ClarionError) || repository.essential) throw error;
    // The repository had advisories and cannot be found through its mirror list: planning the list itself makes the
    // update report a failure.
    return known ? { name: documentOf(repository), path: repository.mirrorList } : 'absent';
  }
}

async function locate(upstream: Upstream, repository: AmazonRepository): Promise<Found> {
  const list = await upstream.get(repository.mirrorList);
  if (list.kind !== 'content') return 'absent';
  const lines = (await readText(list.body, maxListBytes)).split(/\r?\n/);
  let failure = new ClarionError('upstream-unavailable', `${repository.mirrorList} names no mirror that can be asked`);
  for (const mirror of lines.flatMap((line) => mirrorPath(line) ?? []).slice(0, mirrorsTried)) {
    try {
      const file = await updateinfoOf(upstream, mirror);
      if (file === undefined) return 'none';
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
