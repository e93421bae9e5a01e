import fc from 'fast-check';
import {
  ClarionError,
  type Digest,
  type FeedRecord,
  type FeedSource,
  type FeedState,
  type Store,
} from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { openMongoStore } from '@clarion/store-mongo';
import { describeWithMongoServer } from '@clarion/test-kit';
import {
  archiveOf,
  debianImage,
  openssl,
  reportText,
  startInstallation,
  type TestInstallation,
} from '../testing/installation';
import { recordsSource, updateWith } from '../testing/updated-feeds';
import { createUseCases, type UseCaseService } from './create-use-cases';

const packages = ['openssl', 'zlib', 'curl'] as const;
const versions = ['1.0-1', '2.0-1', '3.0-1'] as const;
const formats = ['json', 'table', 'cyclonedx'] as const;
/** Two of them have the same packages, below other layers. */
const images = [
  debianImage(['openssl=1.0-1', 'zlib=2.0-1'], 'first'),
  debianImage(['openssl=1.0-1', 'zlib=2.0-1'], 'second'),
  debianImage(['curl=2.0-1', 'zlib=1.0-1'], 'third'),
];
const advisories = recordsSource('debian', { namespaces: ['debian:*'] });
const others = recordsSource('others', { namespaces: ['debian:*'] });
const ratings = recordsSource('ratings', { rates: true });

const cve = (of: number): string => `CVE-2023-000${of}`;
const number = (length: number) => fc.nat({ max: length - 1 });

/** All groups of a feed: those that are left out are removed. */
const groups = (feed: string) =>
  fc
    .uniqueArray(
      fc.record({
        of: number(packages.length),
        nameKind: fc.constantFrom<'source' | 'either'>('source', 'either'),
        flaws: fc.uniqueArray(fc.record({ id: number(3), fixed: number(versions.length) }), {
          selector: ({ id }) => id,
          minLength: 1,
        }),
      }),
      { selector: ({ of }) => of, minLength: 1 },
    )
    .map((all): readonly FeedRecord[] =>
      all.map(({ of, nameKind, flaws }) => {
        const stated = flaws.map(({ id, fixed }) => ({ ...openssl(versions[fixed] ?? ''), id: cve(id) }));
        const about = { namespace: 'debian:12', package: packages[of] ?? '', feed, document: 'all' };
        return { kind: 'group', group: { ...about, nameKind, scheme: 'dpkg', advisories: stated } };
      }),
    );

const records = fc
  .uniqueArray(
    fc.record({
      id: number(3).map(cve),
      description: fc.option(fc.constantFrom('A flaw', 'Another flaw'), { nil: undefined, freq: 1 }),
      epss: fc.option(fc.record({ score: fc.constantFrom(0.1, 0.5, 0.9), percentile: fc.constant(0.5) }), {
        nil: undefined,
      }),
    }),
    { selector: ({ id }) => id, minLength: 1 },
  )
  .map((all): readonly FeedRecord[] =>
    all.map((one) => ({
      kind: 'vulnerability',
      text: JSON.parse(JSON.stringify({ feed: 'ratings', ...one })) as never,
    })),
  );

type Update = readonly [source: FeedSource, published: readonly FeedRecord[]];
const update: fc.Arbitrary<Update> = fc.oneof(
  groups('debian').map((published): Update => [advisories, published]),
  groups('others').map((published): Update => [others, published]),
  records.map((published): Update => [ratings, published]),
);

/** What becomes of the state of a feed without any change of its facts, at the latest time. */
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ mirrorDays: fc.constantFrom(undefined, 0, 6, 8, 12, -1) }) },
  fc.record({ fails: fc.boolean() }),
  fc.record({ missing: fc.constantFrom([], ['more'], ['more', 'others']) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const question = fc.record({
  ask: number(images.length),
  format: number(formats.length),
  suppressed: fc.boolean(),
  /** Updates ago. */
  ago: fc.option(fc.nat({ max: 4 }), { nil: undefined, freq: 3 }),
});

const step = fc.oneof(
  { weight: 5, arbitrary: question },
  {
    weight: 4,
    arbitrary: fc.record({
      updates: fc.uniqueArray(update, { selector: ([{ id }]) => id, minLength: 1, maxLength: 2 }),
      elsewhere: fc.boolean(),
    }),
  },
  fc.record({ own: fc.constantFrom('put', 'remove'), fixed: number(versions.length) }),
  {
    weight: 4,
    arbitrary: fc.record({
      of: fc.constantFrom(advisories, others, ratings),
      changes: fc.array(change, { minLength: 1, maxLength: 3 }),
      elsewhere: fc.boolean(),
      between: question,
      /** Then the report may be in the store. */
      restarts: fc.boolean(),
    }),
  },
  /** Feeds are stale after seven. */
  fc.record({ days: fc.constantFrom(1, 2, 8) }),
  fc.record({ forgets: fc.nat({ max: 3 }) }),
  fc.record({ build: fc.constantFrom('a', 'b') }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Question = Extract<Step, { readonly ask: number }>;

/** An installation, the same without caches, and another process on its store. */
interface Tried {
  readonly here: TestInstallation;
  running: { readonly cached: UseCaseService; readonly uncached: UseCaseService };
  readonly other: Store;
  readonly digests: readonly Digest[];
  /** When updates were committed. */
  readonly times: string[];
  close(): Promise<void>;
}

const clock = { now: new Date(Date.UTC(2026, 0, 1)) };

/** A process that starts; the one before is not ended properly. Each build writes other reports. */
function startBuild({ dependencies: given }: TestInstallation, build: string): Tried['running'] {
  const formats = given.formats.map((format) => ({
    ...format,
    ...(format.report && {
      report: async (...shown: Parameters<typeof format.report>) => [build, ...(await format.report!(...shown))],
    }),
  }));
  const dependencies = { ...given, formats };
  const none = { reportBytes: 0, composedPackages: 0, findings: 0, factBytes: 0 };
  return {
    cached: createUseCases({ ...dependencies, buildId: build, limits: { storedASecond: Infinity } }),
    uncached: createUseCases({ ...dependencies, limits: none }),
  };
}

async function tried(open: () => Promise<readonly [Store, Store]> | undefined): Promise<Tried> {
  const stores = await open();
  const feeds = [advisories, others, ratings];
  const here = await startInstallation({ now: () => clock.now, feeds }, stores?.[0]);
  const other = stores?.[1] ?? (await openEmbeddedStore({ directory: here.directory, mentions: true }));
  const submitted = [];
  for (const image of images) submitted.push(await here.useCases.images.upload(archiveOf(image), {}));
  const close = async () => {
    await other.close();
    await here.close();
  };
  const digests = submitted.map(({ digest }) => digest);
  return { here, running: startBuild(here, 'a'), other, digests, times: [], close };
}

async function act(one: Exclude<Step, Question>, all: Tried): Promise<void> {
  const { here, other, times } = all;
  if ('build' in one) {
    all.running = startBuild(here, one.build);
  } else if ('updates' in one) {
    // Some are in one millisecond.
    clock.now = new Date(clock.now.getTime() + (times.length % 2) * 60_000);
    const at = clock.now.toISOString();
    const store = one.elsewhere ? other : here.store;
    await Promise.all(one.updates.map(([source, published]) => updateWith(source, published, { store, at })));
    times.push(at);
  } else if ('own' in one) {
    const key = { namespace: 'debian:12', id: cve(0) };
    const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: versions[one.fixed] }] }];
    const record = { summary: 'Own', affected: [{ package: { name: 'openssl' }, ranges }] };
    if (one.own === 'put') await here.useCases.vulnerabilities.putOwn(key, record);
    else await here.useCases.vulnerabilities.removeOwn(key).catch(() => undefined);
  } else if ('forgets' in one) {
    const { items } = await other.revisions(advisories.id, { limit: 9 });
    const before = items[one.forgets]?.update;
    if (before !== undefined) await other.forgetChanges(before);
  } else if ('days' in one) {
    clock.now = daysAgo(-one.days);
  } else {
    const store = one.elsewhere ? other : here.store;
    for (const change of one.changes) {
      const [state] = (await store.feedStates()).filter((known) => known.feed === one.of.id);
      if (state === undefined) return;
      for (let times = 0; times < 2; times++) await ask(all.running.cached, one.between, all);
      await store.putFeedState(changed(state, change));
      if (one.restarts) all.running = startBuild(here, 'a');
      await expectUncached(one.between, all);
    }
  }
}

const daysAgo = (days: number): Date => new Date(clock.now.getTime() - days * 86_400_000);

/** The state after an attempt that changed no facts. */
function changed(state: FeedState, one: Change): FeedState {
  const lastAttempt = clock.now.toISOString();
  if ('fails' in one) {
    return { ...state, lastAttempt, ...(one.fails && { lastError: 'gone', failingSince: lastAttempt }) };
  }
  const { lastError: _, failingSince: __, mirroredAt, missing, ...succeeded } = state;
  const after = { ...succeeded, lastAttempt, lastSuccess: lastAttempt };
  if ('mirrorDays' in one) {
    const { mirrorDays: days } = one;
    return {
      ...after,
      ...(missing && { missing }),
      ...(days !== undefined && { mirroredAt: daysAgo(days).toISOString() }),
    };
  }
  const names = one.missing.map((name) => ({ name }));
  return { ...after, ...(mirroredAt !== undefined && { mirroredAt }), ...(names.length > 0 && { missing: names }) };
}

/** The report, or why there is none. */
async function ask(
  useCases: UseCaseService,
  { ask: of, format, suppressed, ago }: Question,
  { digests, times }: Tried,
) {
  const at = ago === undefined ? undefined : times.at(-1 - ago);
  const options = { format: formats[format] ?? 'json', showSuppressed: suppressed, ...(at !== undefined && { at }) };
  try {
    return await reportText(await useCases.images.report(digests[of] ?? `sha256:`, options));
  } catch (error) {
    if (!(error instanceof ClarionError)) throw error;
    return error.code;
  }
}

async function expectUncached(question: Question, all: Tried): Promise<void> {
  const { cached, uncached } = all.running;
  expect(await ask(cached, question, all)).toBe(await ask(uncached, question, all));
}

async function expectSame(steps: readonly (readonly [Step, boolean])[], all: Tried): Promise<void> {
  let asked: Promise<unknown>[] = [];
  for (const [one, waits] of steps) {
    if ('ask' in one) {
      asked.push(ask(all.running.cached, one, all));
    } else {
      // Reports that were requested before it may be made before, between or after its reads.
      await act(one, all);
    }
    if (!waits) continue;
    await Promise.all(asked);
    asked = [];
    if ('ask' in one) await expectUncached(one, all);
  }
  await Promise.all(asked);
  for (const of of images.keys()) {
    const last = { ask: of, format: 0, suppressed: true, ago: undefined };
    await expectUncached(last, all);
  }
}

async function expectSameReports(open: () => Promise<readonly [Store, Store]> | undefined, numRuns: number) {
  const all = await tried(open);
  const sequences = fc.array(fc.tuple(step, fc.boolean()), { minLength: 5, maxLength: 25 });
  try {
    await fc.assert(
      fc.asyncProperty(sequences, (steps) => expectSame(steps, all)),
      { numRuns },
    );
    expect((await all.here.store.resultsSize()).results).toBeGreaterThan(0);
  } finally {
    await all.close();
  }
}

describe('reports between updates of facts, here and in another process, also while they run and after restarts', () => {
  it('are those without any cache, byte for byte: the embedded store', async () => {
    await expectSameReports(() => undefined, 25);
  }, 300_000);

  describeWithMongoServer('MongoDB', (server) => {
    it('are those without any cache, byte for byte', async () => {
      const uri = server().freshUri();
      const two = async () => [await openMongoStore({ uri }), await openMongoStore({ uri })] as const;
      await expectSameReports(two, 5);
    }, 300_000);
  });
});
