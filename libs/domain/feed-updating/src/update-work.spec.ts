import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openScratchFile } from '@clarion/feed-upstreams';
import type { ClarionEvent, FeedRevision, FeedSource, FactChange, Store, Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { type FeedEntry, sourceOf, upstreamOf } from '../testing/entry-feed';
import { type FeedWorkDeps, updateFeedOnDemand } from './update-work';

const feed: FeedSource = sourceOf({ documents: [{ name: 'all' }] });
const entries = (...fixed: readonly (readonly [id: string, fixed: string])[]): readonly FeedEntry[] =>
  fixed.map(([id, version]) => ({ id, affected: [['test:1', 'pkg', version]] }));

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-feed-work-'));
  store = await openEmbeddedStore({ directory });
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Options extends Partial<FeedWorkDeps> {
  readonly all?: readonly FeedEntry[];
  readonly force?: boolean;
  readonly delivery?: number;
}

async function update({ all = [], force, delivery = 1, ...more }: Options): Promise<readonly ClarionEvent[]> {
  const upstream: Upstream = upstreamOf({ all });
  const deps: FeedWorkDeps = {
    store,
    feeds: [feed],
    upstreamFor: () => upstream,
    openScratch: () => openScratchFile(directory),
    now: () => new Date(),
    owner: 'spec',
    publishPending: () => Promise.resolve(),
    ...more,
  };
  const events: ClarionEvent[] = [];
  const work = { kind: 'work.feed', feed: 'test', request: 'r', ...(force === undefined ? {} : { force }) } as const;
  const context = { signal: new AbortController().signal, delivery };
  for await (const event of updateFeedOnDemand(deps)(work, context)) events.push(event);
  return events;
}

async function newestRevision(): Promise<FeedRevision> {
  return (await store.revisions('test', { limit: 1 })).items[0]!;
}

async function changesOf(update: string, vulnerability: string): Promise<readonly FactChange[]> {
  const changes: FactChange[] = [];
  for await (const change of store.changes({ update, vulnerability })) changes.push(change);
  return changes;
}

describe('an update that was ordered', () => {
  it('reports how it ended', async () => {
    const all = entries(['CVE-1', '1']);
    const updated = (result: string): ClarionEvent[] => [
      { kind: 'feed.updated', feed: 'test', request: 'r', result: result as 'changed' },
    ];
    expect(await update({ all })).toEqual(updated('changed'));
    expect(await update({ all })).toEqual(updated('unchanged'));
    const broken: Upstream = { ...upstreamOf({ all }), get: () => Promise.resolve({ kind: 'missing' }) };
    expect(await update({ upstreamFor: () => broken })).toEqual(updated('failed'));
  });

  it('records changes by vulnerability, once the feed was loaded before', async () => {
    await update({ all: entries(['CVE-1', '1'], ['CVE-2', '1']) });
    expect(await store.pendingChanges(10)).toEqual([]);
    await update({ all: entries(['CVE-1', '2'], ['CVE-2', '1'], ['CVE-3', '1']) });
    const update2 = (await newestRevision()).update;
    expect(await store.pendingChanges(10)).toEqual([
      { update: update2, vulnerability: 'CVE-1' },
      { update: update2, vulnerability: 'CVE-3' },
    ]);
    expect(await changesOf(update2, 'CVE-1')).toMatchObject([
      {
        namespace: 'test:1',
        package: 'pkg',
        before: [{ ranges: [{ fixed: '1' }] }],
        after: [{ ranges: [{ fixed: '2' }] }],
      },
    ]);
    expect(await changesOf(update2, 'CVE-3')).toMatchObject([{ before: [], after: [{ id: 'CVE-3' }] }]);
  });

  it('publishes its changes once they are stored', async () => {
    await update({ all: entries(['CVE-1', '1']) });
    const pending: unknown[] = [];
    await update({
      all: entries(['CVE-1', '2']),
      publishPending: async () => {
        pending.push(...(await store.pendingChanges(10)));
      },
    });
    expect(pending).toEqual([{ update: (await newestRevision()).update, vulnerability: 'CVE-1' }]);
  });

  it('reports the first load of a feed, and only that', async () => {
    const loaded: string[] = [];
    const onFirstLoad = ({ id }: FeedSource): Promise<void> => Promise.resolve(void loaded.push(id));
    const broken: Upstream = { ...upstreamOf({}), get: () => Promise.resolve({ kind: 'missing' }) };
    await update({ upstreamFor: () => broken, onFirstLoad });
    expect(loaded).toEqual([]);
    for (const version of ['1', '2']) await update({ all: entries(['CVE-1', version]), onFirstLoad });
    expect(loaded).toEqual(['test']);
    // Delivered again: the process that loaded it may have died before it reported that.
    await update({ all: entries(['CVE-1', '2']), onFirstLoad, delivery: 2 });
    expect(loaded).toEqual(['test', 'test']);
  });

  it('applies a shrunken document when forced', async () => {
    const many = Array.from({ length: 60 }, (_, n): FeedEntry => ({
      id: `CVE-${n}`,
      affected: [['test:1', `p${n}`, '1']],
    }));
    await update({ all: many });
    expect(await update({ all: many.slice(0, 10) })).toMatchObject([{ result: 'held' }]);
    // The command line cannot reach this store.
    const [{ lastError } = { lastError: '' }] = await store.feedStates();
    expect(lastError).toMatch(/; if that is right, accept it with POST \/api\/v1\/feeds\/test\/update\?force=true$/);
    expect(await update({ all: many.slice(0, 10), force: true })).toMatchObject([{ result: 'changed' }]);
  });
});

describe('an update that is not for this process', () => {
  it('is one of an unknown feed', async () => {
    expect(await update({ feeds: [] })).toEqual([]);
  });

  it('is one that another process is running, until that process is dead', async () => {
    const at = Date.parse('2026-01-01T00:00:00Z');
    const time = (seconds: number): string => new Date(at + seconds * 1000).toISOString();
    await store.lease('feed test', 'another', { now: time(0), until: time(60) });
    const all = entries(['CVE-1', '1']);
    const early = update({ all, now: () => new Date(time(59)) });
    await expect(early).rejects.toMatchObject({ retryable: true });
    expect(await store.feedStates()).toEqual([]);
    expect(await update({ all, now: () => new Date(time(61)) })).toMatchObject([{ result: 'changed' }]);
  });

  it('leaves the lease to the next one', async () => {
    await update({ all: entries(['CVE-1', '1']), owner: 'one' });
    expect(await update({ all: entries(['CVE-1', '2']), owner: 'two' })).toMatchObject([{ result: 'changed' }]);
  });
});
