import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { FeedRecord, FeedSource, Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { recordFeed, recordUpstream } from '../testing/record-feed';
import { allFacts, type AllFacts, withSide } from '../testing/undone-facts';
import { withHistory } from '../testing/watched-store';
import { updateFeed } from './update-feed';

// Several documents have records of one flaw, some records are in several documents: what is stored is what the last
// state of the documents says, whatever was read before.

const documents = ['npm', 'PyPI', 'Go'];
const flaws = ['CVE-2024-0001', 'CVE-2024-0002'];

/** A record of a feed like OSV: in the documents of all ecosystems that it has packages of. */
interface FlawRecord {
  readonly id: string;
  /** The vulnerability; the record's own id without one. */
  readonly flaw: string | undefined;
  readonly ecosystems: readonly string[];
  readonly severity: 'High' | 'Low';
}

const flawRecord = (id: string): fc.Arbitrary<FlawRecord> =>
  fc.record({
    id: fc.constant(id),
    flaw: fc.option(fc.constantFrom(...flaws), { nil: undefined }),
    ecosystems: fc.subarray(documents, { minLength: 1 }),
    severity: fc.constantFrom('High' as const, 'Low' as const),
  });

const state: fc.Arbitrary<readonly FlawRecord[]> = fc
  .tuple(...['GHSA-1', 'GHSA-2', 'GHSA-3', 'PYSEC-1'].map((id) => fc.option(flawRecord(id), { nil: undefined })))
  .map((records) => records.filter((one) => one !== undefined));

/** The documents of a state, as feed `feed` reads them. */
function documentsOf(records: readonly FlawRecord[], feed: string): Readonly<Record<string, readonly FeedRecord[]>> {
  const kept: FlawRecord = { id: 'GHSA-0', flaw: undefined, ecosystems: documents, severity: 'Low' };
  return Object.fromEntries(
    documents.map((document) => [
      document,
      [kept, ...records]
        .filter(({ ecosystems }) => ecosystems.includes(document))
        .flatMap((one) => factsOf(one, { feed, document })),
    ]),
  );
}

function factsOf(
  { id, flaw, severity }: FlawRecord,
  { feed, document }: { readonly feed: string; readonly document: string },
): readonly FeedRecord[] {
  const advisory = flaw === undefined ? { id } : { id: flaw, aliases: [id], advisory: id };
  return [
    { kind: 'vulnerability', text: { feed, id, severity, ...(flaw === undefined ? {} : { aliases: [flaw] }) } },
    {
      kind: 'group',
      group: {
        ...{ feed, document, namespace: `test:${document}`, package: `about-${id}`, nameKind: 'binary' },
        ...{ scheme: 'semver', advisories: [{ ...advisory, state: 'affected' as const }] },
      },
    },
  ];
}

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-texts-by-record-'));
  store = await openEmbeddedStore({ directory, mentions: true });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

const feedOf = (id: string, more: Partial<FeedSource> = {}): FeedSource =>
  recordFeed(documents, { id, textsByRecord: true, ...more });

async function update(source: FeedSource, records: readonly FlawRecord[], at: number, known = withHistory(store)) {
  const upstream = recordUpstream(documentsOf(records, source.id));
  const deps = { upstream, store: known.store, now: () => new Date(Date.UTC(2026, 0, 1, at)), force: true };
  for await (const event of updateFeed(source, deps)) expect(event).not.toMatchObject({ result: 'failed' });
}

/** Facts without the name of the feed. */
function namelessFacts({ groups, texts }: AllFacts, feed: string): unknown {
  const all = [...groups.values(), ...texts.values()].map((one) => JSON.stringify({ ...one, feed: '' }));
  expect(JSON.stringify([...texts.keys(), ...groups.keys()])).toContain(feed);
  return all.sort();
}

it('are the same after any updates as after a first load', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(state, { minLength: 2, maxLength: 5 }), async (states) => {
      const [old, fresh] = [`old-${(run += 1)}`, `fresh-${run}`];
      const watched = withHistory(store);
      for (const [at, records] of states.entries()) {
        const before = await allFacts(store, old);
        const commits = watched.history.revisions.length;
        await update(feedOf(old), records, at, watched);
        // Reports of the past undo exactly this.
        const after = await allFacts(store, old);
        const changes = watched.history.revisions.length === commits ? [] : watched.history.changes;
        if (at > 0) expect(withSide(after, changes, 'before')).toEqual(before);
      }
      await update(feedOf(fresh), states.at(-1) ?? [], 0);
      expect(namelessFacts(await allFacts(store, old), old)).toEqual(
        namelessFacts(await allFacts(store, fresh), fresh),
      );
    }),
    { numRuns: 60 },
  );
}, 300_000);

it('are those of the last document where two have different versions of a record', async () => {
  const of = (severity: FlawRecord['severity']): FlawRecord => ({
    ...{ id: 'GHSA-1', flaw: 'CVE-2024-0001', ecosystems: ['npm', 'PyPI'], severity },
  });
  await update(feedOf('test'), [of('Low')], 0);
  const other: FlawRecord = { id: 'PYSEC-1', flaw: undefined, ecosystems: ['PyPI'], severity: 'Low' };
  const now = documentsOf([of('Low'), other], 'test');
  const upstream = recordUpstream({ ...now, npm: documentsOf([of('High')], 'test')['npm'] ?? [] });
  const deps = { upstream, store, now: () => new Date(Date.UTC(2026, 0, 1, 1)) };
  for await (const event of updateFeed(feedOf('test'), deps)) expect(event).not.toMatchObject({ result: 'failed' });
  expect((await store.vulnerability('GHSA-1'))?.texts).toMatchObject([{ severity: 'Low' }]);
});

describe('after an earlier version, which stored them under the id of the vulnerability', () => {
  const records: readonly FlawRecord[] = [
    { id: 'GHSA-1', flaw: 'CVE-2024-0001', ecosystems: ['npm'], severity: 'Low' },
    { id: 'GHSA-2', flaw: 'CVE-2024-0001', ecosystems: ['PyPI'], severity: 'High' },
  ];
  const earlier = recordFeed(documents, {
    id: 'test',
    parse: async function* (document) {
      for await (const one of recordFeed(documents).parse(document)) {
        const [id = ''] = one.kind === 'vulnerability' ? (one.text.aliases ?? []) : [];
        yield one.kind === 'vulnerability' && id !== ''
          ? { ...one, text: { ...one.text, id, aliases: [one.text.id] } }
          : one;
      }
    },
  });

  it('are read again, and only differences are published', async () => {
    const watched = withHistory(store);
    await update(earlier, records, 0);
    await update(feedOf('test', { version: 2 }), records, 1, watched);
    expect([...(await allFacts(store, 'test')).texts.values()].map(({ id }) => id)).toEqual([
      'GHSA-0',
      'GHSA-1',
      'GHSA-2',
    ]);
    const published = watched.history.changes.filter(({ silent }) => silent !== true);
    // Its words were those of the record in the document that was read last.
    expect(published).toMatchObject([{ vulnerability: 'GHSA-1', before: null, after: { severity: 'Low' } }]);
  });

  it('are read again until every document was', async () => {
    const source = feedOf('test', { version: 2 });
    await update(earlier, records, 0);
    const { PyPI: failing, ...others } = documentsOf(records, 'test');
    const upstream = recordUpstream(others);
    const deps = { upstream, store, now: () => new Date(Date.UTC(2026, 0, 1, 1)) };
    const required: FeedSource = {
      ...source,
      plan: () => Promise.resolve({ documents: documents.map((name) => ({ name, required: true })) }),
    };
    for await (const event of updateFeed(required, deps)) expect(event.kind).toBeDefined();
    expect(failing).toBeDefined();
    expect((await store.feedStates()).map(({ parserVersion }) => parserVersion)).toEqual([1]);
    await update(source, records, 2);
    expect((await store.feedStates()).map(({ parserVersion }) => parserVersion)).toEqual([2]);
    expect([...(await allFacts(store, 'test')).texts.values()].map(({ id }) => id)).not.toContain('CVE-2024-0001');
  });
});
