import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import type { Store, Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import type { FeedFinished } from './events';
import { updateFeed } from './update-feed';

const rocky = feedSources.find(({ id }) => id === 'rocky-linux');
if (rocky === undefined) throw new Error('no feed rocky-linux');
const source = rocky;

let directory: string;
let store: Store;
/** Numbers of advisories, newest first, and the requests that were made. */
let list: readonly number[];
let asked: string[];
/** Called before a page is returned, so that the list can change. */
let before: (page: number) => void;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-pages-'));
  store = await openEmbeddedStore({ directory });
  list = [5, 4, 3, 2, 1];
  asked = [];
  before = () => undefined;
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const size = 2;

function advisory(number: number): unknown {
  const nevra = `p${number}-0:1.0-${number}.el9.x86_64.rpm`;
  const packages = [{ nevra, product_name: 'Rocky Linux 9 x86_64', repo_name: 'BaseOS' }];
  return { name: `RLSA-2024:${number}`, kind: 'Security', cves: [{ cve: `CVE-2024-100${number}` }], packages };
}

/** Returns pages like the API: from the list as it is at that moment. */
const upstream: Upstream = {
  get: (name) => {
    asked.push(name);
    const page = Number(/^advisories\/page-(\d+)\.json$/.exec(name)?.[1]);
    before(page);
    const advisories = list.slice((page - 1) * size, page * size).map(advisory);
    if (advisories.length === 0) return Promise.resolve({ kind: 'missing' });
    const text = JSON.stringify({ advisories, total: list.length, page, size, last_updated_at: 'T' });
    return Promise.resolve({ kind: 'content', validators: {}, body: bytes(text) });
  },
  list: () => Promise.resolve([]),
};

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function update(): Promise<FeedFinished> {
  asked = [];
  let last;
  for await (const event of updateFeed(source, { upstream, store, now: () => new Date() })) last = event;
  if (last?.kind !== 'finished') throw new Error('the last event is not "finished"');
  return last;
}

async function packages(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const [key] of store.groupHashes(source.id, 'advisories')) names.push(key.package);
  return names.sort();
}

const pageNames = (...pages: readonly number[]): readonly string[] =>
  pages.map((page) => `advisories/page-${page}.json`);

describe('a list that an upstream returns page by page', () => {
  it('is applied as one document, and not requested again while its first page is the same', async () => {
    expect(await update()).toMatchObject({ result: 'changed', state: { groups: 5, statements: 5 } });
    expect(asked).toEqual(pageNames(1, 1, 2, 3));
    expect(await packages()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
    expect(await update()).toMatchObject({ result: 'unchanged', written: { groups: 0, removed: 0 } });
    expect(asked).toEqual(pageNames(1));
  });

  it('rewrites nothing that only moved to another page', async () => {
    await update();
    list = [6, ...list];
    expect(await update()).toMatchObject({ result: 'changed', written: { groups: 1, removed: 0 } });
    expect(await packages()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
  });

  it.each<[string, number, readonly number[]]>([
    ['an advisory appears', 2, [7, 6, 5, 4, 3, 2, 1]],
    ['an advisory appears before the last page', 3, [7, 6, 5, 4, 3, 2, 1]],
    ['an advisory is withdrawn', 2, [5, 4, 3, 2, 1]],
    ['one appears and another is withdrawn', 2, [7, 6, 5, 4, 3, 1]],
    ['it becomes short', 3, [6, 5]],
  ])('is not applied when %s while it is read', async (_, page, changed) => {
    await update();
    list = [6, 5, 4, 3, 2, 1];
    before = (at) => {
      if (at === page) list = changed;
    };
    await update();
    expect(await packages()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
    before = () => undefined;
    list = [6, 5, 4, 3, 2, 1];
    await update();
    expect(await packages()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
  });

  it('is not applied at all when it shifts during the first import', async () => {
    before = (page) => {
      if (page === 2) list = [6, 5, 4, 3, 2, 1];
    };
    expect(await update()).toMatchObject({ result: 'failed' });
    expect(await packages()).toEqual([]);
  });
});
