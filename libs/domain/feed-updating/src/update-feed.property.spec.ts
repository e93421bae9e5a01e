import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import type { Advisory, AdvisoryChange, Upstream } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import fc from 'fast-check';
import { takeAdvisoryChanges } from '../testing/recorded-changes';
import { updateFeed } from './update-feed';

const found = feedSources.find(({ id }) => id === 'debian-security-tracker');
if (found === undefined) throw new Error('the Debian source is missing');
const debian = found;

/** suite, package, id: fixed version or '' for open. */
type Facts = readonly (readonly [suite: string, name: string, id: string, fixed: string])[];

const facts: fc.Arbitrary<Facts> = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom('bookworm', 'trixie', 'sid'),
    fc.constantFrom('openssl', 'zlib', '__proto__', 'linux'),
    fc.constantFrom('CVE-1', 'CVE-2', 'CVE-3'),
    fc.constantFrom('', '0', '1.0', '2.0'),
  ),
  // A feed without any facts is a broken one.
  { selector: ([suite, name, id]) => `${suite} ${name} ${id}`, minLength: 1, maxLength: 20 },
);

function tracker(of: Facts): string {
  const packages = new Map<string, Map<string, Map<string, unknown>>>();
  for (const [suite, name, id, fixed] of of) {
    const ids = packages.get(name) ?? new Map<string, Map<string, unknown>>();
    packages.set(name, ids);
    const suites = ids.get(id) ?? new Map<string, unknown>();
    ids.set(id, suites);
    suites.set(suite, fixed === '' ? { status: 'open' } : { status: 'resolved', fixed_version: fixed });
  }
  return object(packages, (ids) =>
    object(ids, (suites) => `{"releases":${object(suites, (cell) => JSON.stringify(cell))}}`),
  );
}

function object<T>(members: ReadonlyMap<string, T>, text: (value: T) => string): string {
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${text(value)}`).join()}}`;
}

const namespaces: ReadonlyMap<string, string> = new Map([
  ['bookworm', 'debian:12'],
  ['trixie', 'debian:13'],
  ['sid', 'debian:unstable'],
]);

/** `namespace package id state fixed`, sorted, so that the order does not matter. */
function linesOf(namespace: string, name: string, advisories: readonly Advisory[]): string[] {
  return advisories.map(({ id, state, ranges }) => [namespace, name, id, state, ranges?.[0]?.fixed ?? ''].join(' '));
}

function expectedLines(of: Facts): string[] {
  return of.map(([suite, name, id, fixed]) => {
    const state = fixed === '' ? 'affected' : fixed === '0' ? 'not_affected' : 'fixed';
    return [namespaces.get(suite) ?? '', name, id, state, state === 'fixed' ? fixed : ''].join(' ');
  });
}

function upstreamOf(text: string): Upstream {
  async function* body(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield Buffer.from(text);
  }
  return {
    get: () => Promise.resolve({ kind: 'content', body: body(), validators: {} }),
    list: () => Promise.resolve([]),
  };
}

describe('a sequence of updates', () => {
  it('leaves the facts of the last one plus vanished releases, and records exactly the difference', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'clarion-updating-'));
    const store = await openEmbeddedStore({ directory });
    let run = 0;
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(facts, { minLength: 2, maxLength: 4 }), async (steps) => {
          // A separate feed for each run: same store, nothing known yet.
          const source = { ...debian, id: `debian-${(run += 1)}`, parse: renamed(`debian-${run}`) };
          let known = new Set<string>();
          for (const [index, step] of steps.entries()) {
            for await (const event of updateFeed(source, {
              upstream: upstreamOf(tracker(step)),
              store,
              now: () => new Date(),
              force: true,
            })) {
              if (event.kind === 'finished') expect(event.result).not.toBe('failed');
            }
            const changes = await takeAdvisoryChanges(store);
            const spokenOf = new Set(step.map(([suite]) => namespaces.get(suite)));
            const frozen = [...known].filter((line) => !spokenOf.has(line.split(' ')[0]));
            const expected = new Set([...expectedLines(step), ...frozen]);
            expect(await storedLines(source.id)).toEqual([...expected].sort());
            if (index > 0) {
              expect(changedLines(changes, 'after')).toEqual(minus(expected, known));
              expect(changedLines(changes, 'before')).toEqual(minus(known, expected));
            } else expect(changes).toEqual([]);
            known = expected;
          }
        }),
        { numRuns: 60 },
      );
    } finally {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }

    function renamed(feed: string): typeof debian.parse {
      return async function* (document) {
        for await (const record of debian.parse(document)) {
          yield record.kind === 'group' ? { ...record, group: { ...record.group, feed } } : record;
        }
      };
    }

    async function storedLines(feed: string): Promise<string[]> {
      const names = [...namespaces.values()].flatMap((namespace) =>
        ['openssl', 'zlib', '__proto__', 'linux'].map((name) => [namespace, name] as const),
      );
      const groups = (await store.advisories(names)).filter((group) => group.feed === feed);
      return groups.flatMap((group) => linesOf(group.namespace, group.package, group.advisories)).sort();
    }
  }, 300_000);
});

function changedLines(changes: readonly AdvisoryChange[], side: 'before' | 'after'): string[] {
  return changes.flatMap((change) => linesOf(change.namespace, change.package, change[side])).sort();
}

function minus(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [...a].filter((line) => !b.has(line)).sort();
}
