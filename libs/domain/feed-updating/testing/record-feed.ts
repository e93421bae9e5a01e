import type { FeedRecord, FeedSource, Upstream } from '@clarion/model';

async function* parse({ body }: { readonly body: AsyncIterable<Uint8Array> }): AsyncGenerator<FeedRecord> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  yield* JSON.parse(Buffer.concat(chunks).toString()) as FeedRecord[];
}

/** A feed whose documents are lists of records as they are. */
export function recordFeed(documents: readonly string[], more: Partial<FeedSource> = {}): FeedSource {
  return {
    id: 'test',
    version: 1,
    title: 'Test',
    homepage: 'https://example.org/',
    baseUrl: 'https://example.org/',
    namespaces: ['test:*'],
    rates: true,
    listsUnfixed: false,
    refreshMinutes: 60,
    layout: [...documents],
    plan: () => Promise.resolve({ documents: documents.map((name) => ({ name })) }),
    parse,
    ...more,
  };
}

/** Documents of such a feed; those without records are missing. */
export function recordUpstream(documents: Readonly<Record<string, readonly FeedRecord[]>>): Upstream {
  async function* body(records: readonly FeedRecord[]): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from(JSON.stringify(records));
  }
  return {
    get: (name) => {
      const records = documents[name];
      if (records === undefined) return Promise.resolve({ kind: 'missing' });
      return Promise.resolve({ kind: 'content', body: body(records), validators: {} });
    },
    list: () => Promise.resolve([]),
  };
}
