import { feedSources } from '@clarion/feed-sources';
import { updateFeed } from '@clarion/feed-updating';
import type { FeedRecord, FeedSource, FeedWriter, Store, Upstream } from '@clarion/model';

const found = feedSources.find(({ id }) => id === 'debian-security-tracker');
if (found === undefined) throw new Error('the Debian source is missing');

/** The real source of Debian's tracker, one of records of vulnerabilities, and own data. */
export const debianSource: FeedSource = found;
export const recordSource: FeedSource = sourceOf('records', { namespaces: [], rates: true });
export const ownSource: FeedSource = sourceOf('own', { namespaces: [], own: true });

/** What a source publishes: the tracker's JSON, or the records of another one. */
export type Published = Readonly<Record<string, unknown>> | readonly FeedRecord[];

/** A feed whose document is a list of records as they are. */
function sourceOf(id: string, more: Partial<FeedSource>): FeedSource {
  return {
    ...{ id, version: 1, title: id, homepage: 'https://example.org/', baseUrl: 'https://example.org/' },
    ...{ namespaces: [], rates: false, listsUnfixed: false, refreshMinutes: 60, layout: ['all'] },
    plan: () => Promise.resolve({ documents: [{ name: 'all' }] }),
    async *parse({ body }) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of body) chunks.push(chunk);
      yield* JSON.parse(Buffer.concat(chunks).toString()) as FeedRecord[];
    },
    ...more,
  };
}

function upstreamOf(published: Published): Upstream {
  async function* body(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from(JSON.stringify(published));
  }
  return {
    get: () => Promise.resolve({ kind: 'content', body: body(), validators: {} }),
    list: () => Promise.resolve([]),
  };
}

/** Updates a feed as a service does; with `isKilled`, it fails when everything is written and only the commit is left. */
export async function update(
  source: FeedSource,
  published: Published,
  { store, at, isKilled = false }: { readonly store: Store; readonly at: string; readonly isKilled?: boolean },
): Promise<void> {
  const killed = new Error('killed');
  const writeFeed = async (feed: string): Promise<FeedWriter> =>
    overriding(await store.writeFeed(feed), { commit: () => Promise.reject(killed) });
  const through = isKilled ? overriding(store, { writeFeed }) : store;
  const deps = { upstream: upstreamOf(published), store: through, now: () => new Date(at), force: true };
  try {
    for await (const event of updateFeed(source, deps)) {
      if (event.kind === 'finished' && event.result === 'failed') throw new Error(event.state.lastError);
    }
  } catch (error) {
    if (error !== killed) throw error;
  }
}

/** The object with some methods replaced; the others are called on itself. */
function overriding<T extends object>(of: T, methods: Partial<T>): T {
  return new Proxy(of, {
    get(target, name) {
      const member: unknown = Reflect.get(name in methods ? methods : target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}
