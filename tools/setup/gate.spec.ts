import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(__dirname, '../..');

/** The result of a script's function for these arguments: Jest cannot load scripts as modules. */
function ask(script: string, call: string, ...given: readonly unknown[]): unknown {
  const code = `import(process.argv[1]).then(async (script) => {
    const given = JSON.parse(process.argv[2]);
    console.log(JSON.stringify(await (${call})));
  })`;
  const args = ['--no-warnings', '-e', code, path.join(__dirname, script), JSON.stringify(given)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

describe('skipped tests', () => {
  const suite = (name: string, ...tests: readonly (readonly [status: string, name: string])[]): object => ({
    name,
    assertionResults: tests.map(([status, fullName]) => ({ status, fullName })),
  });

  it('is counted by what it would have needed, most first', () => {
    const sources = {
      'a.spec.ts': "const real = sharedMaterial('feeds');",
      'b.spec.ts': 'const suite = canStartNatsServer() ? describe : describe.skip;',
      'c.spec.ts': '',
    };
    const suites = [
      suite('a.spec.ts', ['pending', 'real feed: reads it'], ['pending', 'real feed: counts it'], ['passed', 'parses']),
      suite('b.spec.ts', ['pending', 'the bus delivers'], ['pending', 'the bus (shared/x)']),
      suite('c.spec.ts', ['pending', 'store: needs MONGODB_URI, or java and mvn'], ['todo', 'something else']),
    ];
    expect(ask('not-run.mjs', 'script.notRun(given[0], (path) => given[1][path])', suites, sources)).toEqual([
      { reason: 'the test material in ../shared', tests: 3, suites: 2 },
      { reason: 'a NATS server (NATS_URL, or Go to build one)', tests: 1, suites: 1 },
      { reason: 'a MongoDB server (MONGODB_URI, or Java and Maven)', tests: 1, suites: 1 },
      { reason: 'what their names say', tests: 1, suites: 1 },
    ]);
  });

  it('is nothing when nothing was skipped', () => {
    expect(ask('not-run.mjs', 'script.notRun(given[0], () => "")', [suite('a', ['passed', 'x'])])).toEqual([]);
  });
});

describe('the suites of the newer Node', () => {
  const suitesOf = (folder: string): readonly string[] =>
    ask('newer-node-suites.mjs', 'script.newerNodeSuites(given[0])', folder) as readonly string[];

  it.each<[what: string, line: string, chosen: boolean]>([
    ['zlib', "import { gunzipSync } from 'node:zlib';", true],
    ['streams', "import { pipeline } from 'node:stream/promises';", true],
    ['threads', "import { Worker } from 'node:worker_threads';", true],
    ['HTTP', "import { createServer } from 'node:http';", true],
    ['the binding of a store', "import { open } from 'lmdb';", true],
    ['a package, when it runs', "const { fetch } = await import('undici');", true],
    ['paths alone', "import { join } from 'node:path';", false],
    ['nothing of Node', "import { compare } from './compare';", false],
  ])('are those that reach %s', (_, line, chosen) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'clarion-newer-node-'));
    const write = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    };
    write('apps/one/src/main.ts', '');
    write('libs/base/thing/src/deep/thing.ts', line);
    write('libs/base/thing/src/index.ts', "export * from './deep/thing';");
    write('libs/base/thing/src/other.spec.ts', "import { thing } from '.';");
    write('libs/base/thing/src/apart.spec.ts', "import { apart } from '@clarion/apart';");
    write('libs/base/thing/src/real-material.spec.ts', '');
    expect(suitesOf(folder)).toEqual(chosen ? ['libs/base/thing/src/other.spec.ts'] : []);
    rmSync(folder, { recursive: true });
  });

  it('include what differs between versions and what counts steps, but not pure computations', () => {
    const suites = suitesOf(root);
    for (const folder of [
      ...['apps/api-gateway/src/e2e/', 'apps/cli/src/e2e/', 'libs/base/layer-archive/', 'libs/base/http-engine/'],
      ...[
        'libs/adapters/store-embedded/',
        'libs/adapters/store-mongo/',
        'libs/adapters/bus-nats/',
        'libs/base/egress/',
      ],
      ...['libs/adapters/grpc-server/', 'libs/adapters/layer-sources/', 'libs/adapters/service-runtime/'],
    ])
      expect([folder, suites.some((suite) => suite.startsWith(folder))]).toEqual([folder, true]);
    expect(suites).toEqual(
      expect.arrayContaining([
        'libs/base/file-formats/src/linear-readers.spec.ts',
        'libs/base/layer-archive/src/linear-tar.spec.ts',
      ]),
    );
    expect(suites.filter((suite) => /^libs\/(base\/version-schemes|domain\/matching)\//.test(suite))).toEqual([]);
    expect(suites.filter((suite) => !existsSync(path.join(root, suite)))).toEqual([]);
  });
});

describe('the suites that CI runs on the newer Node only', () => {
  const [patterns, suites] = ask(
    'newer-node-suites.mjs',
    '[script.newerNodeOnly, script.newerNodeSuites(given[0])]',
    root,
  ) as readonly (readonly string[])[];

  it.each(patterns!)('run there: %s', (pattern) => {
    expect(suites!.filter((suite) => new RegExp(pattern).test(`/${suite}`))).not.toEqual([]);
  });
});

describe('progress', () => {
  it('prints at least one line per minute, with the current work', () => {
    const lines = ask(
      'progress.mjs',
      `(async () => {
        const { mock } = await import('node:test');
        mock.timers.enable({ apis: ['setInterval'] });
        let now = 0;
        const lines = [];
        const progress = script.createProgress({ now: () => now, print: (line) => lines.push(line) });
        const pass = (seconds) => { for (let n = 0; n < seconds; n += 5) { now += 5000; mock.timers.tick(5000); } };
        const end = progress.begin('specs');
        pass(60);
        end.countOne();
        progress.say('PASS a.spec.ts');
        pass(90);
        end();
        progress.close();
        pass(600);
        return lines;
      })()`,
    );
    expect(lines).toEqual([
      '...    0 min 45 s: specs',
      'PASS a.spec.ts',
      '...    1 min 45 s: specs, 1 suites done',
      '...    2 min 30 s: specs, 1 suites done',
    ]);
  });

  it('counts the suites that Jest reports', () => {
    const output = ['PASS a.spec.ts (3 s)', '  ● b', 'FAIL b.spec.ts', 'PASSED'].join('\n');
    const call = `(async () => {
      const { Readable } = await import('node:stream');
      const said = [];
      let counted = 0;
      await script.followJest(Readable.from([given[0]]), { say: (line) => said.push(line), countOne: () => (counted += 1) });
      return { said: said.length, counted };
    })()`;
    expect(ask('progress.mjs', call, output)).toEqual({ said: 4, counted: 2 });
  });
});

interface Test {
  readonly path: string;
  readonly duration?: number;
}
interface Order {
  readonly gone: () => readonly string[];
  readonly orderTests: (tests: readonly Test[], changed: readonly string[]) => readonly Test[];
}

describe('the order of suites', () => {
  const order = jest.requireActual<Order>('./suite-order.cjs');

  it('names no missing suite', () => {
    expect(order.gone()).toEqual([]);
  });

  const inOrder = (names: readonly string[], changed: readonly string[]): readonly string[] =>
    order
      .orderTests(
        names.map((name) => ({ path: path.join(root, name), ...(name.includes('known') && { duration: 90_000 }) })),
        changed,
      )
      .map((test) => path.relative(root, test.path));
  const slowest = 'apps/cli/src/e2e/indexing-processes.e2e.spec.ts';
  const slow = 'libs/base/layer-archive/src/decompress.spec.ts';
  const quick = ['libs/a/b/src/c.spec.ts', 'libs/a/d/src/e.spec.ts', 'apps/cli/src/f.spec.ts', 'tools/x/g.spec.ts'];

  it.each<[what: string, names: readonly string[], changed: readonly string[], expected: readonly string[]]>([
    ['the longest first', [...quick, slow, slowest], [], [slowest, slow, ...quick]],
    [
      'durations of earlier runs before the listed ones',
      ['libs/a/known.spec.ts', slow, slowest],
      [],
      [slowest, 'libs/a/known.spec.ts', slow],
    ],
    [
      'those of a changed project before all others',
      [...quick, slow, slowest],
      ['libs/a/d/README.md', ''],
      [quick[1]!, slowest, slow, quick[0]!, quick[2]!, quick[3]!],
    ],
    ['no preference for a change of many projects', [...quick, slow], ['libs/a/b/x', 'apps/cli/y'], [slow, ...quick]],
  ])('has %s', (_, names, changed, expected) => {
    expect(inOrder(names, changed)).toEqual(expected);
  });
});
