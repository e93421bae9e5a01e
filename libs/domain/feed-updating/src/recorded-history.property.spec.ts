import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import type { Advisory, AdvisoryGroup, FeedRecord, Store, VulnerabilityRecord } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { recordFeed, recordUpstream } from '../testing/record-feed';
import { allFacts, withSide } from '../testing/undone-facts';
import { withHistory } from '../testing/watched-store';
import { updateFeed } from './update-feed';

// Whatever feeds publish one after the other: what an update records is exactly the difference of the stored facts.

const documents = ['a', 'b'];
const ids = ['CVE-2024-0001', 'CVE-2024-0002', 'GHSA-1', '__proto__'];
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const defined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
const links = fc.shuffledSubarray(['https://example.org/1', 'https://example.org/2']);

const advisory: fc.Arbitrary<Advisory> = fc
  .record({
    id: fc.constantFrom(...ids),
    state: fc.constantFrom('affected' as const, 'will_not_fix' as const),
    aliases: optional(fc.shuffledSubarray(ids)),
    reason: optional(fc.constantFrom('minor', 'no-dsa')),
    links: optional(links),
  })
  .map(defined) as fc.Arbitrary<Advisory>;

const group = (document: string): fc.Arbitrary<FeedRecord> =>
  fc
    .record({
      namespace: fc.constantFrom('test:1', 'test:2'),
      package: fc.constantFrom('openssl', 'zlib', '__proto__'),
      scheme: fc.constantFrom('dpkg', 'rpm'),
      epochs: optional(fc.constant('auto' as const)),
      nameKind: fc.constant('source' as const),
      advisories: fc.array(advisory, { maxLength: 4 }),
    })
    .map((one) => ({ kind: 'group', group: defined({ ...one, feed: 'test', document }) as AdvisoryGroup }));

const score = fc.constantFrom(0.1, 0.5, 0.9);
const text: fc.Arbitrary<FeedRecord> = fc
  .record({
    id: fc.constantFrom(...ids),
    description: optional(fc.constantFrom('A flaw', 'Another flaw')),
    severity: optional(fc.constantFrom('High', 'Low')),
    links: optional(links),
    epss: optional(
      fc.record({ score, percentile: optional(score), date: optional(fc.constantFrom('2024-01-01', '2024-01-02')) }),
    ),
  })
  .map(({ epss, ...one }) => ({
    kind: 'vulnerability',
    text: defined({ ...one, feed: 'test', epss: epss && defined(epss) }) as VulnerabilityRecord,
  }));

const onlyScores: fc.Arbitrary<FeedRecord> = fc
  .record({ id: fc.constantFrom(...ids), score, date: fc.constantFrom('2024-01-01', '2024-01-02') })
  .map(({ id, ...epss }) => ({
    kind: 'vulnerability',
    text: { feed: 'test', id, epss: { ...epss, percentile: 0.5 } },
  }));

const repository: fc.Arbitrary<FeedRecord> = fc
  .record({ repository: fc.constantFrom('rhel-9', 'rhel-8'), cpes: fc.shuffledSubarray(['cpe:/a', 'cpe:/b']) })
  .map((one) => ({ kind: 'repository', repository: { feed: 'test', ...one } }));

const records = (document: string): fc.Arbitrary<readonly FeedRecord[]> =>
  fc.array(fc.oneof(group(document), group(document), text, onlyScores, repository), { maxLength: 12 });

interface Step {
  readonly a: readonly FeedRecord[];
  readonly b: readonly FeedRecord[] | undefined;
  /** Hours since the step before; clocks go back, too. */
  readonly hours: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  a: records('a'),
  b: fc.option(records('b'), { nil: undefined, freq: 5 }),
  hours: fc.integer({ min: -3, max: 3 }),
});

let directory: string;
let store: Store;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'clarion-recorded-'));
  store = await openEmbeddedStore({ directory, mentions: true });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

it.each([
  ['a feed about packages', {}],
  ['a feed that describes vulnerabilities', { describesAll: true as const }],
  ['own data', { own: true as const }],
])(
  'changes of %s are all recorded',
  async (_, more) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
        // A separate feed for each run: nothing of it is known yet.
        const id = `test-${(run += 1)}`;
        const source = recordFeed(documents, { ...more, id });
        const watched = withHistory(store);
        let clock = Date.UTC(2026, 0, 1);
        for (const { a, b, hours } of steps) {
          clock += hours * 3_600_000;
          const commits = watched.history.revisions.length;
          const before = await allFacts(store, id);
          const loaded = (await store.feedStates()).find(({ feed }) => feed === id)?.lastSuccess !== undefined;
          const upstream = recordUpstream(ofFeed(id, b === undefined ? { a } : { a, b }));
          const deps = { upstream, store: watched.store, now: () => new Date(clock), force: true };
          for await (const event of updateFeed(source, deps)) expect(event.kind).toBeDefined();
          const after = await allFacts(store, id);
          if (watched.history.revisions.length === commits) {
            expect(after).toEqual(before);
            continue;
          }
          const { changes } = watched.history;
          const revision = watched.history.revisions.at(-1);
          expect(revision?.first).toBe(loaded ? undefined : true);
          if (!loaded) {
            expect(changes).toEqual([]);
            continue;
          }
          expect(withSide(after, changes, 'before')).toEqual(before);
          expect(withSide(before, changes, 'after')).toEqual(after);
          for (const change of changes) expect(change).toMatchObject({ feed: id, update: revision?.update });
        }
        const updates = watched.history.revisions.map((revision) => revision?.update ?? '');
        expect(updates.toSorted()).toEqual(updates);
        expect(new Set(updates).size).toBe(updates.length);
      }),
      { numRuns: 60 },
    );
  },
  300_000,
);

/** The records under the id of a feed. */
function ofFeed(
  feed: string,
  byDocument: Readonly<Record<string, readonly FeedRecord[]>>,
): Record<string, readonly FeedRecord[]> {
  return Object.fromEntries(
    Object.entries(byDocument).map(([document, all]) => [
      document,
      all.map((record): FeedRecord => {
        if (record.kind === 'group') return { ...record, group: { ...record.group, feed } };
        if (record.kind === 'vulnerability') return { ...record, text: { ...record.text, feed } };
        return record.kind === 'repository' ? { ...record, repository: { ...record.repository, feed } } : record;
      }),
    ]),
  );
}
