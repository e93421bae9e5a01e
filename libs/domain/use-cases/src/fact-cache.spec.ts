import type { MatchFacts } from '@clarion/matching';
import type { AdvisoryGroup, ChangedFacts, FeedState } from '@clarion/model';
import { createFactCache, type FactReader } from './fact-cache';

const counts = { groups: 1, statements: 1, problems: 0, problemSamples: [] };

/** With `changed`, each generation is a revision that changed this. */
function storeOf(generation: { now: number }, changed?: ChangedFacts) {
  const asked: string[] = [];
  const group = (namespace: string, name: string): AdvisoryGroup => ({
    ...{ namespace, package: name, feed: 'osv', document: 'all', nameKind: 'source', scheme: 'dpkg' },
    advisories: [{ id: `CVE-${generation.now}`, state: 'affected' }],
  });
  const stateOf = (now: number): FeedState => {
    return { feed: 'osv', parserVersion: 1, documents: {}, lastChange: String(now), ...counts };
  };
  const store: FactReader = {
    feedStates: () => Promise.resolve([stateOf(generation.now)]),
    revisions: () => {
      const numbers = Array.from({ length: changed === undefined ? 0 : generation.now }, (_, n) => generation.now - n);
      const at = '2026-01-01T00:00:00Z';
      const items = numbers.map((n) => ({ feed: 'osv', update: String(n), at, changes: 1, state: stateOf(n) }));
      return Promise.resolve({ items });
    },
    changedFacts: () => Promise.resolve(changed),
    historyFrom: () => Promise.resolve(undefined),
    advisories: (names) => {
      asked.push(...names.map((name) => name.join('/')));
      return Promise.resolve(names.flatMap(([namespace, name]) => (name === 'none' ? [] : [group(namespace, name)])));
    },
    vulnerabilities: (ids) => {
      asked.push(...ids);
      const texts = [{ feed: 'osv', id: 'known', description: String(generation.now) }];
      return Promise.resolve(ids.flatMap((id) => (id === 'known' ? [{ id, texts }] : [])));
    },
    repositories: (names) => {
      asked.push(...names);
      return Promise.resolve(names.map((repository) => ({ feed: 'osv', repository, cpes: [String(generation.now)] })));
    },
    packageNames: (namespace) => {
      asked.push(namespace);
      return Promise.resolve([`${namespace} ${generation.now}`]);
    },
  };
  return { store, asked };
}

async function readAll(facts: MatchFacts): Promise<string> {
  const groups = await facts.advisories([
    ['debian:12', 'openssl'],
    ['debian:12', 'none'],
    ['a b', 'c'],
    ['a', 'b c'],
  ]);
  const records = await facts.vulnerabilities(['unknown', 'known']);
  return JSON.stringify([groups, records, await facts.repositories(['r']), await facts.packageNames('npm')]);
}

async function run(facts: MatchFacts): Promise<string> {
  await facts.feedStates();
  const read = await readAll(facts);
  await facts.feedStates();
  return read;
}

describe('facts of feeds', () => {
  it('are read once as long as no feed changes, those that are not there as well', async () => {
    const generation = { now: 1 };
    const { store, asked } = storeOf(generation);
    const cache = createFactCache(store, 1024 ** 2);
    const first = await run(cache.run());
    expect(asked.splice(0).length).toBe(8);
    expect([await run(cache.run()), asked]).toEqual([first, []]);
    generation.now = 2;
    expect(await run(cache.run())).toBe(
      first.replaceAll('CVE-1', 'CVE-2').replaceAll('"1"', '"2"').replaceAll(' 1"', ' 2"'),
    );
    expect(asked.length).toBe(8);
  });

  it.each<readonly [what: string, changed: Partial<ChangedFacts>, read: readonly string[]]>([
    ['nothing', {}, []],
    ['advisories about a package', { packages: [['a', 'b c']] }, ['a/b c']],
    ['a name of a package', { packages: [['npm', 'x']], namespaces: ['npm'] }, ['npm']],
    ['a record', { vulnerabilities: ['known'] }, ['known']],
    ['scores', { scores: true }, ['unknown', 'known']],
    ['a repository', { repositories: ['r', 's'] }, ['r']],
  ])('are read again where the log of changes has them: %s', async (_what, changed, read) => {
    const generation = { now: 1 };
    const none = { packages: [], namespaces: [], vulnerabilities: [], repositories: [], scores: false };
    const { store, asked } = storeOf(generation, { ...none, ...changed });
    const cache = createFactCache(store, 1024 ** 2);
    await run(cache.run());
    asked.splice(0);
    for (const now of [2, 5]) {
      generation.now = now;
      await Promise.all([run(cache.run()), run(cache.run())]);
      expect(new Set(asked.splice(0))).toEqual(new Set(read));
    }
  });

  it('are not shared by a run that a commit interrupts', async () => {
    const generation = { now: 1 };
    const { store, asked } = storeOf(generation);
    const cache = createFactCache(store, 1024 ** 2);
    const interrupted = cache.run();
    await interrupted.feedStates();
    await interrupted.advisories([['debian:12', 'openssl']]);
    generation.now = 2;
    await interrupted.vulnerabilities(['known']);
    await interrupted.feedStates();
    asked.splice(0);
    expect(await run(cache.run())).toContain('CVE-2');
    expect(asked.length).toBe(8);
    // Its second try reads the new ones, most of which are shared by now.
    expect(await readAll(interrupted)).not.toContain('CVE-1');
  });

  it('of a time that is over stay with the run that began then', async () => {
    const generation = { now: 1 };
    const { store } = storeOf(generation);
    const cache = createFactCache(store, 1024 ** 2);
    await run(cache.run());
    const late = cache.run();
    await late.feedStates();
    generation.now = 2;
    const after = await run(cache.run());
    await late.advisories([['debian:12', 'zlib']]);
    await late.feedStates();
    expect(await run(late)).toBe(after);
  });

  it('take only so much memory', async () => {
    const { store, asked } = storeOf({ now: 1 });
    const cache = createFactCache(store, 10_000);
    const names = Array.from({ length: 1000 }, (_, at) => ['debian:12', `package-${at}`] as const);
    const facts = cache.run();
    await facts.feedStates();
    await facts.advisories(names);
    await facts.feedStates();
    asked.splice(0);
    const next = cache.run();
    await next.feedStates();
    await next.advisories(names);
    expect(asked.length).toBeGreaterThan(900);
    expect(asked.length).toBeLessThan(1000);
  });
});
