import { ClarionError, type FeedState, type Upstream } from '@clarion/model';
import { discard } from '../json-stream';

/** A time stamp that changes with every publication; mirrors may lack it. */
export const indexName = 'last-update';

const branch = /^(?:v\d{1,4}(?:\.\d{1,4}){1,2}|edge)\/$/;
const repository = /^[a-z][a-z0-9_-]{0,63}\.json$/;

/**
 * All `<branch>/<repository>.json` of the landing pages. Branches are not listed in code: a new release is found the
 * day it appears. While the index is unchanged, so is the set of documents, and no page is asked for.
 */
export async function alpineDocuments(upstream: Upstream, last: FeedState | undefined): Promise<readonly string[]> {
  const index = await readIndex(upstream, last);
  const known = Object.keys(last?.documents ?? {});
  if (index === 'unchanged' && known.length > 1) return known;
  const documents: string[] = [];
  for (const folder of (await upstream.list('')).filter((name) => branch.test(name)).sort()) {
    const names = (await upstream.list(folder)).filter((name) => repository.test(name));
    documents.push(...names.sort().map((name) => `${folder}${name}`));
  }
  if (documents.length === 0) {
    throw new ClarionError('upstream-unavailable', 'Alpine security database lists no branches');
  }
  return index === 'missing' ? documents : [indexName, ...documents];
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
