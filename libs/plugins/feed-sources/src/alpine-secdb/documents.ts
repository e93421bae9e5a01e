import { discard } from '@clarion/file-formats/documents';
import {
  ClarionError,
  type FeedPlan,
  type FeedState,
  type MissingDocument,
  planOf,
  type Upstream,
} from '@clarion/model';
import { rejectionLists } from './rejections';

/** A time stamp that changes with every publication; mirrors may lack it. */
export const indexName = 'last-update';

const branch = /^(?:v\d{1,4}(?:\.\d{1,4}){1,2}|edge)\/$/;
const repository = /^[a-z][a-z0-9_-]{0,63}\.json$/;

/**
 * All existing documents: those of the branches, and the lists of rejected vulnerabilities, which are on another host.
 * While the index is unchanged and no branch lacks a document, the set of documents is unchanged too, and no page is
 * requested.
 */
export async function planAlpine(upstream: Upstream, last: FeedState | undefined): Promise<FeedPlan> {
  const index = await readIndex(upstream, last);
  const known = Object.keys(last?.documents ?? {});
  const isLacking = last?.missing?.some(({ onlyRemoves }) => onlyRemoves !== true) === true;
  if (index === 'unchanged' && known.length > 1 && !isLacking) return planOf(known);
  const branches = await branchDocuments(upstream, known);
  const rejected = await rejections(upstream, known);
  const documents = [...branches.documents, ...rejected];
  const unread = rejectionLists.filter((name) => !rejected.includes(name));
  return {
    ...planOf(index === 'missing' ? documents : [indexName, ...documents]),
    missing: [...branches.missing, ...unread.map((name) => ({ name, onlyRemoves: true as const }))],
  };
}

interface Branches {
  readonly documents: readonly string[];
  readonly missing: readonly MissingDocument[];
}

/**
 * All `<branch>/<repository>.json` of the landing pages. Branches are not listed in code: a new release is found on the
 * day it appears.
 */
async function branchDocuments(upstream: Upstream, known: readonly string[]): Promise<Branches> {
  const documents: string[] = [];
  const missing: MissingDocument[] = [];
  for (const folder of (await upstream.list('')).filter((name) => branch.test(name)).sort()) {
    const names = (await upstream.list(folder)).filter((name) => repository.test(name));
    // Documents that were read before and are no longer listed are requested: the updater reports whether that is an
    // error.
    const read = known.filter((name) => name.startsWith(folder));
    documents.push(...new Set([...names.map((name) => `${folder}${name}`), ...read].sort()));
    const absent = repositoriesOf(folder).filter((name) => !names.includes(name) && !read.includes(`${folder}${name}`));
    const namespaces = [`alpine:${folder.slice(0, -1)}`];
    missing.push(...absent.map((name) => ({ name: `${folder}${name}`, namespaces })));
  }
  if (documents.length === 0) {
    throw new ClarionError('upstream-unavailable', 'Alpine security database lists no branches');
  }
  return { documents, missing };
}

/** The repositories of a branch: up to 3.2, only `main` was supported. */
function repositoriesOf(folder: string): readonly string[] {
  const [, major = '', minor = ''] = /^v(\d+)\.(\d+)/.exec(folder) ?? [];
  const isOld = major !== '' && (Number(major) < 3 || (Number(major) === 3 && Number(minor) < 3));
  return isOld ? ['main.json'] : ['community.json', 'main.json'];
}

/**
 * Lists that were read before, and those that exist. A mirror may lack them, and their host may be down: the fixed
 * versions are read in any case.
 */
async function rejections(upstream: Upstream, known: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of rejectionLists) {
    if (known.includes(name) || (await isThere(upstream, name))) found.push(name);
  }
  return found;
}

async function isThere(upstream: Upstream, name: string): Promise<boolean> {
  try {
    const answer = await upstream.get(name);
    if (answer.kind === 'content') await discard(answer.body);
    return answer.kind !== 'missing';
  } catch (error) {
    if (error instanceof ClarionError) return false;
    throw error;
  }
}

async function readIndex(
  upstream: Upstream,
  last: FeedState | undefined,
): Promise<'unchanged' | 'changed' | 'missing'> {
  const answer = await upstream.get(indexName, last?.documents[indexName]?.validators);
  if (answer.kind !== 'content') return answer.kind;
  await discard(answer.body);
  return 'changed';
}
