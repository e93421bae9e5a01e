import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { AdvisoryGroup, FeedState, FeedWriter, Store } from '@clarion/model';
import { canonical } from '@clarion/feed-updating';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { exportFacts, importFacts } from '.';

let scratch: string;
let source: Store;
let target: Store;

beforeEach(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-bundle-'));
  source = await openEmbeddedStore({ directory: path.join(scratch, 'source') });
  target = await openEmbeddedStore({ directory: path.join(scratch, 'target') });
});

afterEach(async () => {
  await source.close();
  await target.close();
  rmSync(scratch, { recursive: true, force: true });
});

function group(feed: string, name: string, ids: readonly string[]): AdvisoryGroup {
  const advisories = ids.map((id) => ({ id, state: 'fixed' as const, ranges: [{ fixed: '1.0' }] }));
  return { namespace: 'debian:12', package: name, feed, document: 'd', nameKind: 'source', scheme: 'dpkg', advisories };
}

function state(feed: string, groups: number): FeedState {
  const document = { validators: { etag: '"1"' }, groups, namespaces: ['debian:12'] };
  const time = '2026-01-02T03:04:05.000Z';
  const counts = { groups, statements: groups, problems: 0, problemSamples: [] };
  return { feed, parserVersion: 1, documents: { d: document }, lastSuccess: time, ...counts };
}

async function put(writer: FeedWriter, group: AdvisoryGroup): Promise<void> {
  const stored = canonical(group);
  await writer.put(stored.group, stored.print);
}

async function fill(store: Store, feed: string, names: readonly string[]): Promise<void> {
  const writer = await store.writeFeed(feed);
  for (const name of names) await put(writer, group(feed, name, [`CVE-${name}`]));
  for (const name of names) await writer.putText({ feed, id: `CVE-${name}`, description: `${feed} says \u2028 "ä"` });
  await writer.putRepository({ feed, repository: `${feed}-repository`, cpes: ['cpe:/o:redhat:enterprise_linux:9'] });
  await writer.commit(state(feed, names.length));
}

async function exported(store: Store): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of exportFacts(store)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* inPieces(bytes: Buffer, size = 1000): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const imported = (bytes: Buffer, store: Store) => importFacts(() => inPieces(bytes), store, { label: 'facts.gz' });

async function names(store: Store, ...packages: readonly string[]): Promise<string[]> {
  const groups = await store.advisories(packages.map((name) => ['debian:12', name] as const));
  return groups.map((found) => `${found.feed} ${found.package}`);
}

describe('a bundle', () => {
  it('contains all facts of the feeds, and a re-export after the import gives the same bytes', async () => {
    await fill(source, 'feed-a', ['openssl', '__proto__', 'ö\n']);
    await fill(source, 'feed-b', ['openssl']);
    const bytes = await exported(source);
    expect(await imported(bytes, target)).toMatchObject({ groups: 4, texts: 4, repositories: 2 });
    expect(await names(target, 'openssl', '__proto__', 'ö\n')).toEqual([
      'feed-a openssl',
      'feed-b openssl',
      'feed-a __proto__',
      'feed-a ö\n',
    ]);
    const peak = expect.objectContaining({ groups: expect.any(Number) as number }) as object;
    const states = (await source.feedStates()).map((known) => ({
      ...known,
      imported: true,
      countsPending: true,
      peak,
    }));
    expect(await target.feedStates()).toEqual(states);
    expect(await target.vulnerability('CVE-openssl')).toEqual(await source.vulnerability('CVE-openssl'));
    expect(await target.repositories(['feed-a-repository'])).toEqual(await source.repositories(['feed-a-repository']));
    expect((await exported(target)).equals(bytes)).toBe(true);
    expect((await exported(source)).equals(bytes)).toBe(true);
  });

  it('replaces the facts of its feeds, and leaves other feeds unchanged', async () => {
    await fill(source, 'feed-a', ['openssl']);
    await fill(target, 'feed-a', ['openssl', 'zlib']);
    await fill(target, 'feed-c', ['zlib']);
    const writer = await target.writeFeed('feed-a');
    await writer.putRepository({ feed: 'feed-a', repository: 'gone', cpes: [] });
    await writer.commit(state('feed-a', 2));
    await imported(await exported(source), target);
    expect(await names(target, 'openssl', 'zlib')).toEqual(['feed-a openssl', 'feed-c zlib']);
    const texts = await target.vulnerability('CVE-zlib');
    expect(texts?.texts.map(({ feed }) => feed)).toEqual(['feed-c']);
    expect(await target.repositories(['gone'])).toEqual([]);
    expect(await target.repositories(['feed-a-repository', 'feed-c-repository'])).toHaveLength(2);
  });

  it('becomes visible as a whole or not at all, while readers read and when it is interrupted', async () => {
    await fill(source, 'feed-a', ['new']);
    await fill(source, 'feed-b', ['new']);
    await fill(target, 'feed-a', ['old']);
    const bytes = await exported(source);
    const stop = new AbortController();
    const seen: string[][] = [];
    async function* watched(): AsyncGenerator<Uint8Array> {
      seen.push(await names(target, 'old', 'new'));
      yield* inPieces(bytes, 100);
      // Everything was read the second time, and nothing is committed yet.
      if (seen.length === 2) stop.abort(new Error('enough'));
    }
    const watching = importFacts(watched, target, { label: 'facts.gz', signal: stop.signal });
    await expect(watching).rejects.toThrow('enough');
    expect(seen).toEqual([['feed-a old'], ['feed-a old']]);
    expect(await names(target, 'old', 'new')).toEqual(['feed-a old']);
    await imported(bytes, target);
    expect(await names(target, 'old', 'new')).toEqual(['feed-a new', 'feed-b new']);
  });

  it('is rejected while one of its feeds is being updated', async () => {
    await fill(source, 'feed-a', ['openssl']);
    await fill(source, 'feed-b', ['openssl']);
    const bytes = await exported(source);
    const writer = await target.writeFeed('feed-b');
    await expect(imported(bytes, target)).rejects.toMatchObject({ code: 'invalid-input' });
    await writer.abort();
    expect(await target.feedStates()).toEqual([]);
    await imported(bytes, target);
  });
});

describe('a damaged bundle', () => {
  let bytes: Buffer;
  let text: string;

  beforeEach(async () => {
    await fill(source, 'feed-a', ['openssl', 'zlib']);
    bytes = await exported(source);
    text = gunzipSync(bytes).toString();
  });

  const refused = async (content: Buffer) => {
    await expect(imported(content, target)).rejects.toMatchObject({ name: 'ClarionError' });
    expect(await target.feedStates()).toEqual([]);
    expect(await names(target, 'openssl', 'zlib')).toEqual([]);
  };

  it('is rejected wherever it is truncated', async () => {
    for (let cut = 0; cut < bytes.length; cut += Math.ceil(bytes.length / 40)) await refused(bytes.subarray(0, cut));
    for (let cut = 0; cut < text.length; cut += Math.ceil(text.length / 40)) {
      await refused(gzipSync(text.slice(0, cut)));
    }
  });

  it.each<[string, (text: string) => string]>([
    ['with another character somewhere', (whole) => whole.replace('"1.0"', '"2.0"')],
    ['without one of its lines', (whole) => whole.split('\n').toSpliced(2, 1).join('\n')],
    ['that goes on after its end', (whole) => `${whole}${whole}`],
    ['without header', (whole) => whole.split('\n').slice(1).join('\n')],
    ['of another version', (whole) => whole.replace('"version":1', '"version":2')],
    ['of lines that are not JSON', (whole) => whole.replace('{"kind":"group"', '{kind:"group"')],
    ['with a record of tomorrow', (whole) => whole.replace('"kind":"group"', '"kind":"ghost"')],
    ['with a state of tomorrow', (whole) => whole.replace('"state":"fixed"', '"state":"parked"')],
    ['that is a page of HTML', () => '<html></html>\n'],
    ['that is empty', () => ''],
  ])('%s is rejected', async (_, change) => {
    const changed = change(text);
    expect(changed).not.toBe(text);
    await refused(Buffer.from(changed));
    await refused(gzipSync(changed));
  });

  it('with facts of a feed without a state is rejected, even if its checksum is right', async () => {
    const writer = await source.writeFeed('feed-b');
    await writer.putText({ feed: 'feed-b', id: 'CVE-1' });
    await writer.commit(state('feed-b', 0));
    const honest = gunzipSync(await exported(source)).toString();
    const { createHash } = await import('node:crypto');
    const lines = honest.split('\n').filter((line) => !line.includes('"kind":"feed","state":{"feed":"feed-b"'));
    const body = `${lines.slice(0, -2).join('\n')}\n`;
    const sha256 = createHash('sha256').update(body).digest('hex');
    const end = JSON.stringify({ kind: 'end', records: lines.length - 2, sha256 });
    await refused(gzipSync(`${body}${end}\n`));
  });

  it('contains nothing of feeds that are not selected', async () => {
    await fill(source, 'ours', ['a']);
    await fill(source, 'theirs@1', ['a', 'b']);
    const chunks: Uint8Array[] = [];
    for await (const chunk of exportFacts(source, (feed) => (feed === 'ours' ? feed : undefined))) chunks.push(chunk);
    const text = gunzipSync(Buffer.concat(chunks)).toString('utf8');
    expect(text).toContain('"ours"');
    expect(text).not.toContain('theirs');
  });
});

describe('an import where changes are published', () => {
  const importRecorded = async (): Promise<void> => {
    const bytes = await exported(source);
    await importFacts(() => inPieces(bytes), target, { label: 'facts.gz' });
  };
  const pending = async (): Promise<readonly (true | undefined)[]> =>
    (await target.feedStates()).map(({ countsPending }) => countsPending);

  beforeEach(async () => {
    await target.close();
    target = await openEmbeddedStore({ directory: path.join(scratch, 'target'), mentions: true });
  });

  it('reports no changes of a feed that is new here, and marks its counts as pending', async () => {
    await fill(source, 'feed-a', ['openssl']);
    await importRecorded();
    expect([await target.pendingChanges(9), await pending()]).toEqual([[], [true]]);
    expect((await exported(target)).equals(await exported(source))).toBe(true);
  });

  it('reports what appears and what disappears, and not what is unchanged', async () => {
    await fill(target, 'feed-a', ['zlib', 'openssl']);
    await fill(source, 'feed-a', ['openssl', 'curl']);
    await importRecorded();
    const changed = await target.pendingChanges(9);
    expect(changed.map(({ vulnerability }) => vulnerability)).toEqual(['CVE-curl', 'CVE-zlib']);
    expect(await pending()).toEqual([undefined]);
    const changes = [];
    for (const one of changed) for await (const change of target.changes(one)) changes.push(change);
    expect(changes).toMatchObject([
      { package: 'curl', before: [], after: [{ id: 'CVE-curl' }] },
      { package: 'zlib', before: [{ id: 'CVE-zlib' }], after: [] },
    ]);
    await importRecorded();
    expect(await target.pendingChanges(9)).toHaveLength(2);
  });

  it('reports vulnerability records whose change affects findings', async () => {
    await fill(target, 'feed-a', ['openssl']);
    const writer = await source.writeFeed('feed-a');
    await put(writer, group('feed-a', 'openssl', ['CVE-openssl']));
    await writer.putText({ feed: 'feed-a', id: 'CVE-openssl', severity: 'Critical' });
    await writer.commit(state('feed-a', 1));
    await importRecorded();
    expect((await target.pendingChanges(9)).map(({ vulnerability }) => vulnerability)).toEqual(['CVE-openssl']);
  });
});
