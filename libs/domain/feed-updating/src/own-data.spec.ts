import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownFeed } from '@clarion/feed-sources';
import { directoryUpstream } from '@clarion/feed-upstreams';
import type { Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import type { FeedEvent } from './events';
import { takeStatementChanges } from './testdata/recorded-changes';
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

async function update(): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  const deps = { upstream: directoryUpstream(data), store, now: () => new Date('2026-01-01T00:00:00Z'), update: 'u' };
  for await (const event of updateFeed(own, deps)) events.push(event);
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

async function outcome(): Promise<unknown> {
  const finished = (await update()).at(-1);
  if (finished?.kind !== 'finished') throw new Error('not finished');
  const { state } = finished;
  return {
    outcome: finished.outcome,
    documents: Object.keys(state.documents),
    statements: state.statements,
    error: state.lastError,
  };
}

describe('own data', () => {
  it('is created, changed and deleted by its files', async () => {
    write('a.json', ['ACME-1', 'debian:12', '3.0'], ['ACME-2', 'Alpine:v3.20', '3.3.1-r1']);
    write('b.json', ['ACME-3', 'debian:12', '3.1']);
    expect(await outcome()).toEqual({ outcome: 'changed', documents: ['a.json', 'b.json'], statements: 3 });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0', 'debian:12 ACME-3 3.1', 'alpine:v3.20 ACME-2 3.3.1-r1']);
    expect(await outcome()).toMatchObject({ outcome: 'unchanged' });

    // The last statement about Alpine goes: a vendor's namespace would be frozen.
    write('a.json', ['ACME-1', 'debian:12', '3.0.9']);
    expect(await outcome()).toEqual({ outcome: 'changed', documents: ['a.json', 'b.json'], statements: 2 });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0.9', 'debian:12 ACME-3 3.1']);

    rmSync(path.join(data, 'b.json'));
    expect(await outcome()).toEqual({ outcome: 'changed', documents: ['a.json'], statements: 1 });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0.9']);
    expect(await outcome()).toMatchObject({ outcome: 'unchanged', documents: ['a.json'] });
  });

  it('may go altogether, however much it was', async () => {
    write('a.json', ...Array.from({ length: 50 }, (_, index) => [`ACME-${index}`, 'debian:12', '3'] as const));
    expect(await outcome()).toMatchObject({ statements: 50 });
    rmSync(path.join(data, 'a.json'));
    await update();
    expect(await takeStatementChanges(store)).toHaveLength(50);
    expect(await stored()).toEqual([]);
    expect(await outcome()).toEqual({ outcome: 'unchanged', documents: [], statements: 0 });
  });

  it('stays while its folder is not there, which is said', async () => {
    write('a.json', ['ACME-1', 'debian:12', '3.0']);
    await update();
    rmSync(data, { recursive: true });
    expect(await outcome()).toMatchObject({ outcome: 'failed', statements: 1 });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0']);
  });

  it('stays as it was where a file is damaged', async () => {
    write('a.json', ['ACME-1', 'debian:12', '3.0']);
    await update();
    writeFileSync(path.join(data, 'a.json'), '[{"id":"ACME-1"');
    expect(await outcome()).toMatchObject({ outcome: 'failed', error: expect.stringContaining('a.json') as unknown });
    expect(await stored()).toEqual(['debian:12 ACME-1 3.0']);
  });

  it('is named as a problem at each update as long as it is there, where it is of a kind that is not read', async () => {
    write('a.json', ['ACME-1', 'debian:12', '2']);
    write('a.yaml', ['ACME-2', 'debian:12', '2']);
    const problems = async (): Promise<readonly [number | undefined, readonly string[] | undefined]> => {
      await update();
      const [state] = await store.feedStates();
      return [state?.problems, state?.problemSamples.map((sample) => sample.slice(0, sample.indexOf(';')))];
    };
    const told = 'a.yaml: files of this kind are not read';
    for (let time = 0; time < 2; time += 1) expect(await problems()).toEqual([1, [told]]);
    // Nothing of it has changed, and others may write meanwhile.
    const writer = await store.writeFeed(own.id);
    expect(await problems()).toEqual([1, [told]]);
    await writer.abort();
    expect(await stored()).toEqual(['debian:12 ACME-1 2']);
    renameSync(path.join(data, 'a.yaml'), path.join(data, 'b.json'));
    expect(await problems()).toEqual([0, []]);
    expect(await stored()).toEqual(['debian:12 ACME-1 2', 'debian:12 ACME-2 2']);
  });
});
