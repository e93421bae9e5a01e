import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FeedRecord, Severity, Store } from '@clarion/model';
import { makeReport } from '@clarion/reporting';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { openMongoStore } from '@clarion/store-mongo';
import { describeWithMongoServer } from '@clarion/test-kit';
import { deb, imageOf } from '@clarion/test-kit/match-facts';
import fc from 'fast-check';
import { debianSource, ownSource, recordSource, update } from '../testing/updated-store';
import { factsAt } from './facts-at';
import { imageTimeline } from './timeline/image-timeline';

const image = imageOf([
  deb('openssl', '1.0'),
  deb('libssl', '1.0', { source: { name: 'openssl', version: '1.0' } }),
  deb('zlib', '1.0'),
]);
const feeds = [ownSource, debianSource, recordSource];
const ids = fc.constantFrom('CVE-2025-0001', 'CVE-2025-0002', 'TEMP-1');

const cell = fc.constantFrom<object>(
  { status: 'open', urgency: 'low' },
  { status: 'open', urgency: 'high' },
  { status: 'resolved', fixed_version: '0.5' },
  { status: 'resolved', fixed_version: '2.0' },
  { status: 'open', nodsa: 'minor', nodsa_reason: 'postponed' },
);
/** The tracker says something about bookworm always: a release that vanishes keeps its data. */
const tracker = fc
  .dictionary(fc.constantFrom('openssl', 'zlib', 'bash'), fc.dictionary(ids, cell, { minKeys: 1, maxKeys: 3 }), {
    minKeys: 1,
  })
  .map((packages) =>
    Object.fromEntries(
      Object.entries(packages).map(([name, of]) => [
        name,
        Object.fromEntries(Object.entries(of).map(([id, bookworm]) => [id, { releases: { bookworm } }])),
      ]),
    ),
  );

const score = fc.constantFrom(0.1, 0.5, 0.9);
const texts = fc
  .uniqueArray(
    fc.record({
      id: ids,
      severity: fc.constantFrom<Severity | undefined>(undefined, 'Low', 'High'),
      description: fc.constantFrom('A flaw', 'Another flaw'),
      epss: fc.option(fc.record({ score }), { nil: undefined }),
    }),
    { selector: ({ id }) => id, minLength: 1 },
  )
  .map((list): readonly FeedRecord[] =>
    list.map((text) => ({
      kind: 'vulnerability',
      text: JSON.parse(JSON.stringify({ feed: 'records', ...text })) as never,
    })),
  );

const own = fc.uniqueArray(ids).map((list): readonly FeedRecord[] => [
  {
    kind: 'group',
    group: {
      ...{
        namespace: 'debian:12',
        package: 'openssl',
        feed: 'own',
        document: 'all',
        nameKind: 'source',
        scheme: 'dpkg',
      },
      advisories: list.map((id) => ({ id, state: 'not_affected' })),
    },
  },
]);

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ source: fc.constant(debianSource), published: tracker, isKilled: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ source: fc.constant(recordSource), published: texts, isKilled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ source: fc.constant(ownSource), published: own, isKilled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ forgets: fc.nat(5) }) },
);

const hour = (number: number): string => new Date(Date.UTC(2026, 0, 1, number)).toISOString();

/** Without what may differ from a report that was stored at the time: whether feeds were stale. */
async function reportOf(facts: Parameters<typeof makeReport>[1], at: string): Promise<string> {
  const report = await makeReport(image, facts, { feeds, now: new Date(at), clarionVersion: '1' });
  return JSON.stringify(report, (key, value: unknown) => (key === 'stale' ? undefined : value));
}

/** Reports that are stored at each step are those of factsAt, as long as the log goes back that far. */
async function expectSame(
  steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[],
  store: Store,
): Promise<void> {
  const stored: string[] = [];
  for (const [index, one] of steps.entries()) {
    const at = hour(index);
    if ('forgets' in one) {
      const updates = (await store.revisions(debianSource.id, { limit: 100 })).items.map((revision) => revision.update);
      const before = updates[one.forgets];
      if (before !== undefined) await store.forgetChanges(before);
    } else {
      const { source, published, isKilled } = one;
      await update(source, published, { store, at, isKilled });
    }
    stored.push(await reportOf(store, at));
  }
  const from = await store.historyFrom();
  for (const [index, report] of stored.entries()) {
    const at = hour(index);
    if (from !== undefined && at < from) {
      await expect(factsAt(store, at)).rejects.toMatchObject({ code: 'history-pruned' });
      continue;
    }
    expect([at, await reportOf((await factsAt(store, at)).facts, at)]).toEqual([at, report]);
  }
  const last = stored.at(-1);
  const { findings = [] } =
    last === undefined ? {} : (JSON.parse(last) as { readonly findings: readonly { readonly id: string }[] });
  const period = { from: from ?? hour(0), to: hour(steps.length) };
  const timeline = await imageTimeline([{ subject: image }], period, { store, options: { feeds } });
  const open = timeline.findings.filter(({ until }) => until === null).map(({ id }) => id);
  expect(new Set(open)).toEqual(new Set(findings.map(({ id }) => id)));
}

async function withEmbedded(use: (store: Store) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(path.join(tmpdir(), 'clarion-history-'));
  const store = await openEmbeddedStore({ directory, mentions: true });
  try {
    await use(store);
  } finally {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const sequences = fc.array(step, { minLength: 2, maxLength: 8 });

test('a report as of a time is the one that was stored then: the embedded store', async () => {
  await fc.assert(
    fc.asyncProperty(sequences, (steps) => withEmbedded((store) => expectSame(steps, store))),
    { numRuns: 25 },
  );
}, 300_000);

describeWithMongoServer('MongoDB', (server) => {
  test('a report as of a time is the one that was stored then', async () => {
    await fc.assert(
      fc.asyncProperty(sequences, async (steps) => {
        const store = await openMongoStore({ uri: server().freshUri() });
        try {
          await expectSame(steps, store);
        } finally {
          await store.close();
        }
      }),
      { numRuns: 5 },
    );
  }, 300_000);
});
