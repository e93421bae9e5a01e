import { updateFeed } from '@clarion/feed-updating';
import type { FeedRecord, FeedSource, Store, Upstream } from '@clarion/model';

/** A feed whose only document is a list of records, in the place of a real one. */
export function recordsSource(id: string, more: Partial<FeedSource>): FeedSource {
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

/** Updates a feed as a service does, with its changes in the log. */
export async function updateWith(
  source: FeedSource,
  records: readonly FeedRecord[],
  { store, at }: { readonly store: Store; readonly at: string },
): Promise<void> {
  async function* body(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from(JSON.stringify(records));
  }
  const upstream: Upstream = {
    get: () => Promise.resolve({ kind: 'content', body: body(), validators: {} }),
    list: () => Promise.resolve([]),
  };
  for await (const event of updateFeed(source, { upstream, store, now: () => new Date(at), force: true })) {
    if (event.kind === 'finished' && event.result === 'failed') throw new Error(event.state.lastError);
  }
}
