import { ClarionError, type FeedPlan, type FeedRecord, type FeedSource, type Upstream } from '@clarion/model';

/** One record of the feed: a vulnerability, its packages and the fixed versions. */
export interface FeedEntry {
  readonly id: string;
  readonly affected: readonly (readonly [namespace: string, name: string, fixed: string])[];
}

function entriesOf(text: string): readonly FeedEntry[] {
  try {
    return JSON.parse(text) as FeedEntry[];
  } catch (cause) {
    throw new ClarionError('corrupt-data', 'The document is not JSON', { cause });
  }
}

/** Parses a list of entries. The vulnerability record exists even if nothing is affected any more. */
async function* parse(document: {
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
}): AsyncGenerator<FeedRecord> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of document.body) chunks.push(chunk);
  for (const entry of entriesOf(Buffer.concat(chunks).toString())) {
    yield { kind: 'vulnerability', text: { feed: 'test', id: entry.id, description: JSON.stringify(entry.affected) } };
    for (const [namespace, name, fixed] of entry.affected) {
      const advisories = [{ id: entry.id, state: 'fixed' as const, ranges: [{ fixed }] }];
      const group = { namespace, package: name, feed: 'test', document: document.name, scheme: 'dpkg', advisories };
      yield { kind: 'group', group: { ...group, nameKind: 'source' } };
    }
  }
}

/** A feed that always returns the given plan. */
export function sourceOf(plan: FeedPlan): FeedSource {
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
    layout: ['all'],
    plan: () => Promise.resolve(plan),
    parse,
  };
}

/** Documents that are always sent. */
export function upstreamOf(documents: Readonly<Record<string, readonly FeedEntry[]>>): Upstream {
  async function* body(name: string): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from(JSON.stringify(documents[name]));
  }
  return {
    get: (name) => Promise.resolve({ kind: 'content', body: body(name), validators: {} }),
    list: () => Promise.resolve([]),
  };
}
