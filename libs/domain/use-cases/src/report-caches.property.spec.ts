import fc from 'fast-check';
import type { Digest, Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import {
  archiveOf,
  debianImage,
  openssl,
  reportText,
  startInstallation,
  type TestInstallation,
} from '../testing/installation';
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

const index = (length: number) => fc.nat({ max: length - 1 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ ask: index(images.length), format: index(formats.length), suppressed: fc.boolean() }),
  },
  fc.record({ state: index(packages.length), fixed: index(versions.length), elsewhere: fc.boolean() }),
  fc.record({ text: index(packages.length), words: fc.string({ maxLength: 20 }), elsewhere: fc.boolean() }),
  fc.record({ own: fc.constantFrom('put', 'remove'), fixed: index(versions.length) }),
  fc.record({ attempt: fc.boolean() }),
  fc.record({ build: fc.constantFrom('a', 'b') }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const feed = 'debian-security-tracker';
const cve = (of: number): string => `CVE-2023-000${of}`;

let here: TestInstallation;
let other: Store;
let running: { readonly cached: UseCaseService; readonly uncached: UseCaseService };
let digests: readonly Digest[];
let commits = 0;

/** A process that starts; the one before is not ended properly. Each build writes other reports. */
function start(build: string): void {
  const formats = here.dependencies.formats.map((format) => ({
    ...format,
    ...(format.report && {
      report: async (...given: Parameters<typeof format.report>) => [build, ...(await format.report!(...given))],
    }),
  }));
  const dependencies = { ...here.dependencies, formats };
  const none = { reportBytes: 0, composedPackages: 0, findings: 0, factBytes: 0 };
  running = {
    cached: createUseCases({ ...dependencies, buildId: build, limits: { storedASecond: Infinity } }),
    uncached: createUseCases({ ...dependencies, limits: none }),
  };
}

async function update(
  store: Store,
  write: (writer: Awaited<ReturnType<Store['writeFeed']>>) => Promise<void>,
): Promise<void> {
  const writer = await store.writeFeed(feed);
  await write(writer);
  // Each update reads other documents; all of them may be in one millisecond.
  const at = '2026-01-01T00:00:00.000Z';
  const documents = {
    json: { validators: { contentDigest: String((commits += 1)) }, groups: 1, namespaces: ['debian:12'] },
  };
  const counts = { groups: 1, statements: 1, problems: 0, problemSamples: [] };
  await writer.commit({
    feed,
    parserVersion: 1,
    documents,
    lastAttempt: at,
    lastSuccess: at,
    lastChange: at,
    ...counts,
  });
}

async function act(one: Exclude<Step, { readonly ask: number }>): Promise<void> {
  if ('build' in one) {
    start(one.build);
  } else if ('state' in one) {
    const advisories = [{ ...openssl(versions[one.fixed] ?? ''), id: cve(one.state) }];
    const group = { namespace: 'debian:12', package: packages[one.state] ?? '', feed, document: 'json', advisories };
    await update(one.elsewhere ? other : here.store, (writer) =>
      writer.put({ ...group, nameKind: 'source', scheme: 'dpkg' }, JSON.stringify(advisories)),
    );
  } else if ('text' in one) {
    await update(one.elsewhere ? other : here.store, (writer) =>
      writer.putText({ feed, id: cve(one.text), description: one.words }),
    );
  } else if ('own' in one) {
    const key = { namespace: 'debian:12', id: cve(0) };
    const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: versions[one.fixed] }] }];
    const record = { summary: 'Own', affected: [{ package: { name: 'openssl' }, ranges }] };
    if (one.own === 'put') await here.useCases.vulnerabilities.putOwn(key, record);
    else await here.useCases.vulnerabilities.removeOwn(key).catch(() => undefined);
  } else {
    const [state] = (await other.feedStates()).filter((known) => known.feed === feed);
    if (state !== undefined) await other.putFeedState({ ...state, lastError: String(one.attempt) });
  }
}

const ask = async (
  useCases: UseCaseService,
  { ask: of, format, suppressed }: Extract<Step, { readonly ask: number }>,
) => {
  const options = { format: formats[format] ?? 'json', showSuppressed: suppressed };
  return reportText(await useCases.images.report(digests[of] ?? `sha256:`, options));
};

beforeAll(async () => {
  const now = new Date('2026-01-01T12:00:00.000Z');
  here = await startInstallation({ now: () => now });
  other = await openEmbeddedStore({ directory: here.directory, mentions: true });
  start('a');
  await update(here.store, () => Promise.resolve());
  const submitted = [];
  for (const image of images) submitted.push(await here.useCases.images.upload(archiveOf(image), {}));
  digests = submitted.map(({ digest }) => digest);
});
afterAll(async () => {
  await other.close();
  await here.close();
});

describe('reports between updates of facts', () => {
  it('are those without any cache, byte for byte, also while updates run, here or elsewhere, and after restarts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.boolean()), { minLength: 5, maxLength: 25 }), async (steps) => {
        let asked: Promise<unknown>[] = [];
        for (const [one, waits] of steps) {
          if ('ask' in one) {
            asked.push(ask(running.cached, one));
          } else {
            // Reports that were requested before it may be made before, between or after its reads.
            await act(one);
          }
          if (!waits) continue;
          await Promise.all(asked);
          asked = [];
          if ('ask' in one) expect(await ask(running.cached, one)).toBe(await ask(running.uncached, one));
        }
        await Promise.all(asked);
        for (const of of images.keys()) {
          const all = { ask: of, format: 0, suppressed: true };
          expect(await ask(running.cached, all)).toBe(await ask(running.uncached, all));
        }
      }),
      { numRuns: 25 },
    );
    expect((await here.store.resultsSize()).results).toBeGreaterThan(0);
  });
});
