import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openScratchFile } from '@clarion/feed-upstreams';
import { planOf, type FeedPlan, type AdvisoryChange } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import fc from 'fast-check';
import type { FeedFinished } from './events';
import { sourceOf, upstreamOf, type FeedEntry } from '../testing/entry-feed';
import { takeAdvisoryChanges } from '../testing/recorded-changes';
import { updateFeed } from './update-feed';

const ids = fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3', 'CVE-4', '__proto__');
const affected = fc.array(
  fc.tuple(fc.constantFrom('test:1', 'test:2'), fc.constantFrom('openssl', 'zlib', 'linux'), fc.constantFrom('1', '2')),
  { maxLength: 5 },
);
const entries = fc.uniqueArray(fc.record({ id: ids, affected }), { selector: ({ id }) => id, maxLength: 5 });

type Store = Awaited<ReturnType<typeof openEmbeddedStore>>;

async function update(
  store: Store,
  plan: FeedPlan,
  documents: Readonly<Record<string, readonly FeedEntry[]>>,
): Promise<{ readonly finished: FeedFinished; readonly changes: readonly AdvisoryChange[] }> {
  let finished: FeedFinished | undefined;
  const deps = { upstream: upstreamOf(documents), store, now: () => new Date(0), force: true };
  for await (const event of updateFeed(sourceOf(plan), { ...deps, openScratch: openScratchFile, memoryBytes: 2000 })) {
    if (event.kind === 'finished') finished = event;
  }
  if (finished === undefined) throw new Error('never finished');
  expect(finished.state.lastError).toBeUndefined();
  return { finished, changes: await takeAdvisoryChanges(store) };
}

/** Everything stored, in a fixed order. */
async function facts(store: Store): Promise<unknown> {
  const groups: string[] = [];
  for await (const group of store.groups('test', 'all')) groups.push(JSON.stringify(group));
  const hashes: string[] = [];
  for await (const entry of store.groupHashes('test', 'all')) hashes.push(JSON.stringify(entry));
  const texts: string[] = [];
  for await (const text of store.texts('test')) texts.push(JSON.stringify(text));
  return { groups: groups.sort(), hashes: hashes.sort(), texts: texts.sort() };
}

let run = 0;

async function withStores(work: (...stores: Store[]) => Promise<void>, count: number): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'clarion-patch-'));
  const stores: Store[] = [];
  try {
    for (let at = 0; at < count; at += 1) {
      stores.push(await openEmbeddedStore({ directory: path.join(directory, String((run += 1))), mentions: true }));
    }
    await work(...stores);
  } finally {
    for (const store of stores) await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('a patch', () => {
  it('leaves the same facts as a document that contains the new records, applied later or at once', async () => {
    await fc.assert(
      fc.asyncProperty(entries, entries, fc.uniqueArray(ids, { maxLength: 2 }), async (base, patched, removedIds) => {
        const removed = removedIds.filter((id) => !patched.some((entry) => entry.id === id));
        const untouched = base.filter(({ id }) => !removed.includes(id) && !patched.some((entry) => entry.id === id));
        const half = Math.ceil(patched.length / 2);
        const documents = { all: base, first: patched.slice(0, half), second: patched.slice(half) };
        const patch = { into: 'all', documents: [{ name: 'first' }, { name: 'second' }], removed };
        await withStores(async (later, atOnce, whole) => {
          await update(later, planOf(['all']), documents);
          const before = (await facts(later)) as { readonly groups: readonly string[] };
          const { finished, changes } = await update(later, { documents: [], patch, cursor: 'c' }, documents);
          await update(atOnce, { ...planOf(['all']), patch }, documents);
          const { finished: full } = await update(whole, planOf(['all']), { all: [...untouched, ...patched] });
          const expected = await facts(whole);
          expect(await facts(later)).toEqual(expected);
          expect(await facts(atOnce)).toEqual(expected);
          expect(finished.state).toMatchObject({ cursor: 'c', groups: full.state.groups });
          expect(finished.state.statements).toBe(full.state.statements);
          expect(Object.keys(finished.state.documents)).toEqual(['all']);
          expect(finished.state.documents['all']?.namespaces).toEqual(
            expect.arrayContaining([...(full.state.documents['all']?.namespaces ?? [])]),
          );
          // Exactly the differences are reported.
          const same = JSON.stringify(before.groups) === JSON.stringify((expected as typeof before).groups);
          expect(changes.length === 0).toBe(same);
        }, 3);
      }),
      { numRuns: 25 },
    );
  }, 300_000);
});
