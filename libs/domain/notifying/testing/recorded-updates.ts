import { diffAdvisories } from '@clarion/feed-updating';
import { type Advisory, type AdvisoryGroup, firstTimeOrderedId, type Store } from '@clarion/model';
import { says } from './images';

const feed = 'debian';
const name = ['debian:12', 'openssl'] as const;

/** What a feed says about openssl of Debian 12 from a time on (RFC 3339), recorded as updates record it. */
export async function stateOpenssl(store: Store, at: string, advisories: readonly Advisory[]): Promise<void> {
  const [before] = await store.advisories([name]);
  const after: AdvisoryGroup = { ...says(...name, advisories), feed };
  const update = firstTimeOrderedId(new Date(at));
  const first = before === undefined;
  const writer = await store.writeFeed(feed);
  await writer.put(after, JSON.stringify(advisories));
  for (const change of first ? [] : diffAdvisories(before, after)) await writer.putChange({ ...change, update });
  const documents = { all: { validators: {}, groups: 1, namespaces: ['debian:12'] } };
  const counts = { groups: 1, statements: advisories.length, problems: 0, problemSamples: [] };
  await writer.commit(
    { feed, parserVersion: 1, documents, lastChange: at, lastSuccess: at, ...counts },
    { update, at, ...(first ? { first } : {}) },
  );
}
