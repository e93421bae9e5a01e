import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownFeed } from '@clarion/feed-sources';
import { directoryUpstream } from '@clarion/feed-upstreams';
import type { FeedSource, Store, Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import type { FeedEvent } from './events';
import { takeAdvisoryChanges } from '../testing/recorded-changes';
import { updateFeed } from './update-feed';

const own = ownFeed({ id: 'own', format: 'osv', baseUrl: 'file:///srv/own/' });

let folder: string;
let data: string;
let store: Store;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'clarion-own-'));
  data = path.join(folder, 'data');
  mkdirSync(data);
  store = await openEmbeddedStore({ directory: path.join(folder, 'store') });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, ...flaws: readonly (readonly [id: string, ecosystem: string, fixed: string])[]): void {
  const records = flaws.map(([id, ecosystem, fixed]) => ({
    id,
    affected: [
      {
        package: { ecosystem, name: 'openssl' },
        ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
      },
    ],
  }));
  writeFileSync(path.join(data, name), JSON.stringify(records));
}

async function update(feed: FeedSource = own, upstream: Upstream = directoryUpstream(data)): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  const deps = { upstream, store, now: () => new Date('2026-01-01T00:00:00Z') };
  for await (const event of updateFeed(feed, deps)) events.push(event);
  return events;
}

async function stored(): Promise<readonly string[]> {
  const groups = await store.advisories([
    ['debian:12', 'openssl'],
    ['alpine:v3.20', 'openssl'],
  ]);
  return groups.flatMap(({ namespace, advisories }) =>
    advisories.map(({ id, ranges }) => `${namespace} ${id} ${ranges?.[0]?.fixed ?? ''}`),
  );
}

async function updateResult(feed?: FeedSource, upstream?: Upstream): Promise<unknown> {
  const finished = (await update(feed, upstream)).at(-1);
  if (finished?.kind !== 'finished') throw new Error('not finished');
  const { state } = finished;
  return {
    result: finished.result,
    documents: Object.keys(state.documents),
    advisories: state.statements,
    error: state.lastError,
  };
}

describe('own data', () => {
  it('is created, changed and deleted by its files', async () => {
    write('a.json', ['ACME-1', 'debian:12', '3.0'], ['ACME-2', 'Alpine:v3.20', '3.3.1-r1']);
    write('b.json', ['ACME-3', 'debian:12', '3.1']);
    expect(await updateResult()).toEqual({ result: 'changed', documents: ['a.json', 'b.json'], advisories: 3 });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0', 'debian:12 ACME-3 3.1', 'alpine:v3.20 ACME-2 3.3.1-r1']);
    expect(await updateResult()).toMatchObject({ result: 'unchanged' });

    // The last advisory about Alpine is removed: a vendor's namespace would be frozen.
    write('a.json', ['ACME-1', 'debian:12', '3.0.9']);
    expect(await updateResult()).toEqual({ result: 'changed', documents: ['a.json', 'b.json'], advisories: 2 });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0.9', 'debian:12 ACME-3 3.1']);

    rmSync(path.join(data, 'b.json'));
    expect(await updateResult()).toEqual({ result: 'changed', documents: ['a.json'], advisories: 1 });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0.9']);
    expect(await updateResult()).toMatchObject({ result: 'unchanged', documents: ['a.json'] });
  });

  it('can be removed completely, however much it was', async () => {
    write('a.json', ...Array.from({ length: 50 }, (_, index) => [`ACME-${index}`, 'debian:12', '3'] as const));
    expect(await updateResult()).toMatchObject({ advisories: 50 });
    rmSync(path.join(data, 'a.json'));
    await update();
    expect(await takeAdvisoryChanges(store)).toHaveLength(50);
    expect(await stored()).toEqual([]);
    expect(await updateResult()).toEqual({ result: 'unchanged', documents: [], advisories: 0 });
  });

  it('stays while its folder does not exist, which is reported', async () => {
    write('a.json', ['ACME-1', 'debian:12', '3.0']);
    await update();
    rmSync(data, { recursive: true });
    expect(await updateResult()).toMatchObject({ result: 'failed', advisories: 1 });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0']);
  });

  describe('comes from one file that the configuration names', () => {
    const options = { id: 'own', format: 'osv', baseUrl: 'file:///srv/own/', file: 'a.json' } as const;
    const at = (name: string): string => path.join(data, name);
    const ways: readonly (readonly [string, () => void, string])[] = [
      ['is not there', () => undefined, 'Document a.json is not there'],
      [
        'is a folder',
        () => {
          mkdirSync(at('a.json'));
        },
        'a.json is a folder, not a file',
      ],
      [
        'leads nowhere',
        () => {
          symlinkSync('b.json', at('a.json'));
        },
        'a.json is a link to something that is not there',
      ],
    ];

    it.each(ways)('fails where it %s', async (_what, make, message) => {
      make();
      const error = expect.stringContaining(message) as unknown;
      for (const covers of [[], ['x-acme']])
        expect(await updateResult(ownFeed({ ...options, covers }))).toMatchObject({
          result: 'failed',
          advisories: 0,
          error,
        });
    });

    it.each(ways)('keeps its facts when it %s later', async (_what, make, message) => {
      write('a.json', ['ACME-1', 'debian:12', '3.0']);
      expect(await updateResult(ownFeed(options))).toMatchObject({ result: 'changed', advisories: 1 });
      rmSync(at('a.json'));
      make();
      const error = expect.stringContaining(message) as unknown;
      for (let time = 0; time < 2; time += 1)
        expect(await updateResult(ownFeed(options))).toMatchObject({ result: 'failed', advisories: 1, error });
      expect(await stored()).toEqual(['debian:12 ACME-1 3.0']);
    });
  });

  it.each<[string, () => void, string]>([
    [
      'a link to nothing',
      () => {
        symlinkSync('b', path.join(data, 'a.json'));
      },
      'a.json is a link to something that is not',
    ],
    [
      'a folder',
      () => {
        mkdirSync(path.join(data, 'a.json'));
      },
      'a.json cannot be read any more: it is a folder',
    ],
  ])('is not deleted by %s in place of a file', async (_what, make, message) => {
    write('a.json', ['ACME-1', 'debian:12', '3.0']);
    await update();
    rmSync(path.join(data, 'a.json'));
    make();
    const error = expect.stringContaining(message) as unknown;
    expect(await updateResult()).toMatchObject({ result: 'failed', advisories: 1, error });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0']);
  });

  it('is deleted at a URL that neither lists nor has its file, but not at one that lists it', async () => {
    write('a.json', ['ACME-1', 'debian:12', '3.0']);
    await update();
    const gone: Upstream = { get: () => Promise.resolve({ kind: 'missing' }), list: () => Promise.resolve(['a.json']) };
    const error = 'Document a.json is not there';
    expect(await updateResult(own, gone)).toMatchObject({ result: 'failed', advisories: 1, error });
    expect(await updateResult(own, { ...gone, list: () => Promise.resolve([]) })).toMatchObject({ documents: [] });
    expect(await stored()).toEqual([]);
  });

  it('includes a folder with the name of a file, and reads its files', async () => {
    mkdirSync(path.join(data, 'a.json'));
    write('a.json/b.json', ['ACME-1', 'debian:12', '3.0']);
    await update();
    const [state] = await store.feedStates();
    expect(state).toMatchObject({ problems: 1, statements: 1 });
    expect(state?.problemSamples).toEqual([expect.stringContaining('a.json: it is a folder with the name of a file')]);
  });

  it('stays unchanged when a file is damaged', async () => {
    write('a.json', ['ACME-1', 'debian:12', '3.0']);
    await update();
    writeFileSync(path.join(data, 'a.json'), '[{"id":"ACME-1"');
    expect(await updateResult()).toMatchObject({
      result: 'failed',
      error: expect.stringContaining('a.json') as unknown,
    });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0']);
  });

  it('with an unsupported file is a problem at each update as long as the file exists', async () => {
    write('a.json', ['ACME-1', 'debian:12', '2']);
    write('a.yaml', ['ACME-2', 'debian:12', '2']);
    const problems = async (): Promise<readonly [number | undefined, readonly string[] | undefined]> => {
      await update();
      const [state] = await store.feedStates();
      return [state?.problems, state?.problemSamples.map((sample) => sample.slice(0, sample.indexOf(';')))];
    };
    const problem = 'a.yaml: files of this kind are not read';
    for (let time = 0; time < 2; time += 1) expect(await problems()).toEqual([1, [problem]]);
    // None of it has changed, and others may write meanwhile.
    const writer = await store.writeFeed(own.id);
    expect(await problems()).toEqual([1, [problem]]);
    await writer.abort();
    expect(await stored()).toEqual(['debian:12 ACME-1 2']);
    renameSync(path.join(data, 'a.yaml'), path.join(data, 'b.json'));
    expect(await problems()).toEqual([0, []]);
    expect(await stored()).toEqual(['debian:12 ACME-1 2', 'debian:12 ACME-2 2']);
  });
});
