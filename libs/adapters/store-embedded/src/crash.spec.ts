import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { isAdvisoryChange, type Store } from '@clarion/model';
import { randomMoment, until } from '@clarion/test-kit';

import { type EmbeddedStore, openEmbeddedStore } from './open-embedded-store';
import { bundleStore, firstLine, kill, type KillableProcess, start } from '../testing/killable-process';

const packages = 400;
const kills = 25;

let scratch: string;
let bundle: string;

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-store-'));
  // Also for the process that runs as another user.
  chmodSync(scratch, 0o755);
  bundle = bundleStore(scratch);
});

afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

function startWriter(directory: string): KillableProcess {
  return start('endless-writer.cjs', bundle, directory, String(packages));
}

/** The generation that the store holds: throws unless every fact is of the same one. */
async function wholeGeneration(store: Store): Promise<number> {
  const names = Array.from({ length: packages }, (_, n) => ['debian:12', `p${n}`] as const);
  const groups = await store.advisories(names);
  const found = new Set(groups.flatMap(({ advisories }) => advisories.map(({ id }) => id)));
  if (found.size === 0) return 0;
  expect([...found]).toHaveLength(1);
  expect(groups).toHaveLength(packages);
  return Number([...found][0]);
}

/** The same at rest, with everything that one commit writes. */
async function settledGeneration(store: Store): Promise<number> {
  const generation = await wholeGeneration(store);
  const state = (await store.feedStates()).find(({ feed }) => feed === 'feed');
  expect(state?.statements ?? 0).toBe(generation);
  const text = await store.vulnerability('CVE-1');
  expect(Number(text?.texts[0]?.description ?? 0)).toBe(generation);
  const hashes = new Set<string>();
  let count = 0;
  for await (const [, hash] of store.groupHashes('feed', 'd')) {
    hashes.add(hash);
    count += 1;
  }
  expect([...hashes]).toEqual(generation === 0 ? [] : [String(generation)]);
  expect(count).toBe(generation === 0 ? 0 : packages);
  return generation;
}

/** Every generation that the log goes back to, from the facts of today. */
async function expectPast(store: EmbeddedStore, generation: number): Promise<void> {
  if (generation === 0) return;
  const from = (await store.historyFrom()) ?? '';
  const { items } = await store.revisions('feed', { limit: 100 });
  expect(items[0]?.state.statements).toBe(generation);
  const names = Array.from({ length: packages }, (_, n) => ['debian:12', `p${n}`] as const);
  const ids = names.map((_, n) => `CVE-2024-${1000 + n * 10}`);
  for (const { at, update, state } of items) {
    if (at < from) continue;
    expect((await store.revisionsAt(at)).map((revision) => revision.update)).toEqual([update]);
    const since = new Map([['feed', update]]);
    const past = new Map<string, string | undefined>();
    for await (const change of store.packageChanges(names, since)) {
      if (!isAdvisoryChange(change) || past.has(change.package)) continue;
      past.set(change.package, change.before[0]?.id);
    }
    const scores = new Map<string, number | undefined>();
    for await (const { vulnerability, before } of store.textChanges(ids, since, { firstOnly: true })) {
      if (!scores.has(vulnerability)) scores.set(vulnerability, before?.epss?.score);
    }
    const isNow = state.statements === generation;
    expect([past.size, scores.size]).toEqual(isNow ? [0, 0] : [packages, packages]);
    expect([...new Set(past.values())]).toEqual(isNow ? [] : [String(state.statements)]);
    expect([...new Set(scores.values())]).toEqual(isNow ? [] : [state.statements / 100_000]);
  }
}

/** Another feed, with as much to commit as the killed writer. */
async function writeAnother(store: Store): Promise<void> {
  const writer = await store.writeFeed('another');
  for (let n = 0; n < packages; n += 1) {
    const key = { namespace: 'debian:11', package: `p${n}`, feed: 'another', document: 'd' };
    const id = `CVE-${Math.random()}`;
    await writer.put({ ...key, nameKind: 'source', scheme: 'dpkg', advisories: [{ id, state: 'affected' }] }, id);
  }
  const counts = { groups: packages, statements: packages, problems: 0, problemSamples: [] };
  await writer.commit({ feed: 'another', parserVersion: 1, documents: {}, ...counts });
}

describe('a killed writer', () => {
  it(`leaves old or new facts whole, ${kills} times`, async () => {
    const directory = path.join(scratch, 'killed');
    const store = await openEmbeddedStore({ directory });
    let last = 0;
    let seen = 0;
    for (let round = 0; round < kills; round += 1) {
      const writer = startWriter(directory);
      let errors = '';
      writer.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      // The first commit of the round is sure; the kill meets any point of a later update.
      await firstLine(writer, () => errors);
      await randomMoment(80);
      seen = Math.max(seen, await wholeGeneration(store));
      await kill(writer);
      const generation = await settledGeneration(store);
      await expectPast(store, generation);
      expect({ errors, forward: generation > last && generation >= seen }).toEqual({ errors: '', forward: true });
      // Processes that have the store open can still write, whatever locks the killed one had.
      await writeAnother(store);
      const again = await openEmbeddedStore({ directory, readOnly: true });
      last = await settledGeneration(again);
      // A commit that is on disk, but whose process died before reporting it, is announced by the next writer.
      expect([generation, generation + 1]).toContain(last);
      await again.close();
    }
    // The next writer takes over at once and removes the staged data of the dead one.
    const next = await store.writeFeed('feed');
    expect(readdirSync(directory).filter((name) => name.startsWith('staging-'))).toHaveLength(1);
    await next.abort();
    expect(readdirSync(directory).sort()).toEqual(['facts.mdb', 'facts.mdb-lock']);
    await store.close();
  }, 300_000);

  it('is seen completely by several readers while it writes, and blocks other writers', async () => {
    const directory = path.join(scratch, 'read');
    const stores = await Promise.all([1, 2, 3].map(() => openEmbeddedStore({ directory })));
    let writer = startWriter(directory);
    await firstLine(writer);
    const generations = new Set<number>();
    let refused = 0;
    let rounds = 0;
    await until('it was refused and read often', async () => {
      for (const store of stores) generations.add(await wholeGeneration(store));
      const attempt = await stores[0]!.writeFeed('feed').catch((error: unknown) => error);
      if (attempt instanceof Error) {
        expect(attempt).toMatchObject({ code: 'invalid-input', remedy: expect.any(String) as string });
        refused += 1;
      } else {
        // Between two updates of the other process the feed is free; taking it may have ended that process.
        await (attempt as { abort(): Promise<void> }).abort();
        await kill(writer);
        writer = startWriter(directory);
        await firstLine(writer);
      }
      rounds += 1;
      return rounds >= 60 && refused > 0 && generations.size > 1;
    });
    await kill(writer);
    for (const store of stores) await store.close();
  }, 300_000);
});

describe('a process without rights', () => {
  const isRoot = process.getuid?.() === 0;
  (isRoot ? it : it.skip)('gets an error (runs only where the test may change its user)', () => {
    const directory = path.join(scratch, 'mine');
    const script = path.join(__dirname, '../testing/run-once.cjs');
    const nobody = { uid: 65_534, gid: 65_534 };
    const result = execFileSync(process.execPath, [script, bundle, directory], nobody);
    expect(JSON.parse(result.toString())).toEqual({
      code: 'invalid-input',
      message: expect.stringContaining(directory) as string,
      remedy: expect.stringContaining('--db') as string,
    });
  });
});
