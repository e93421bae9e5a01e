import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/**
 * One planted violation per rule: where (a folder, or a pattern for the name of the file), and a line that must be
 * rejected.
 */
const violations = [
  [
    'base may not import a plugin',
    'libs/base/file-formats/src',
    "import { featureDetectors } from '@clarion/feature-detectors';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'a plugin may not import domain code',
    'libs/plugins/feed-sources/src',
    "import { updateFeed } from '@clarion/feed-updating';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'domain code may not import an adapter',
    'libs/domain/feed-updating/src',
    "import { httpUpstream } from '@clarion/feed-upstreams';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'an adapter may not import a plugin',
    'libs/adapters/detector-client/src',
    "import { featureDetectors } from '@clarion/feature-detectors';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'an API may not import an adapter',
    'libs/apis/rest-v1/src',
    "import { openEmbeddedStore } from '@clarion/store-embedded';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'an API may not import what composes it',
    'libs/apis/rest-v1/src',
    "import { clarionVersion } from '@clarion/release';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'an adapter may not import what composes it',
    'libs/adapters/service-runtime/src',
    "import { clarionVersion } from '@clarion/release';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'composition may not import an app',
    'libs/composition/release/src',
    "import { createProgram } from '../../../../apps/cli/src/program';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'domain code may not import an API',
    'libs/domain/use-cases/src',
    "import { createRestApi } from '@clarion/rest-v1';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'nothing but a spec may import the test kit',
    'libs/domain/matching/src',
    "import { buildImage } from '@clarion/test-kit';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'a scope may not import another scope',
    'libs/domain/layer-indexing/src',
    "import { versionScheme } from '@clarion/version-schemes';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'matching may not import what makes reports of it',
    'libs/domain/matching/src',
    "import { makeReport } from '@clarion/reporting';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'a library may not import an app',
    'libs/domain/matching/src',
    "import { createProgram } from '../../../../apps/cli/src/program';",
    '@nx/enforce-module-boundaries',
  ],
  [
    'a time-out has to be held and cleared',
    'libs/domain/matching/src',
    'const { late } = { late: AbortSignal.any([new AbortController().signal, AbortSignal.timeout(1)]) };',
    'no-restricted-syntax',
  ],
  [
    'nobody may reach inside a library',
    'libs/domain/matching/src',
    "import { ClarionError } from '@clarion/model/src/errors';",
    'no-restricted-imports',
  ],
  [
    'a plugin may not read files',
    'libs/plugins/feature-detectors/src',
    "import { readFileSync } from 'node:fs';",
    'no-restricted-imports',
  ],
  [
    'domain code may not know a database',
    'libs/domain/layer-indexing/src',
    "import { open } from 'lmdb';",
    'no-restricted-imports',
  ],
  [
    'what prepares notifications may not read files',
    'libs/domain/notifying/src',
    "import { readFileSync } from 'node:fs';",
    'no-restricted-imports',
  ],
  [
    'rows of distributions may not read files',
    'libs/base/distributions/src',
    "import { readFileSync } from 'node:fs';",
    'no-restricted-imports',
  ],
  [
    'domain code may not read files at run time, either',
    'libs/domain/matching/src',
    "const { files } = { files: import('node:fs/promises') };",
    'no-restricted-syntax',
  ],
  [
    'domain code may not fetch',
    'libs/domain/matching/src',
    "const { page } = { page: fetch('https://example.org') };",
    'no-restricted-globals',
  ],
  [
    'an API may not know a database',
    'libs/apis/rest-v1/src',
    "import { MongoClient } from 'mongodb';",
    'no-restricted-imports',
  ],
  [
    'a spec may not sleep',
    'libs/base/leases/src/*.spec.ts',
    'const { slept } = { slept: new Promise((resolve) => setTimeout(resolve, 100)) };',
    'no-restricted-syntax',
  ],
  [
    'a spec may not sleep by a function of Node',
    'libs/base/leases/src/*.spec.ts',
    "import { scheduler } from 'node:timers/promises';",
    'no-restricted-syntax',
  ],
  [
    'a spec may not sleep under another name',
    'libs/base/leases/src/*.spec.ts',
    'const { sleep } = { sleep: globalThis.setTimeout };',
    'no-restricted-syntax',
  ],
  [
    'what specs share may not sleep',
    'libs/testing/test-kit/src',
    'const { slept } = { slept: new Promise((resolve) => setTimeout(resolve, 100)) };',
    'no-restricted-syntax',
  ],
  [
    'a test may not end silently',
    'libs/base/leases/src/*.spec.ts',
    "const { it: test } = { it }; it('holds', () => { if (process.platform === 'win32') return; });",
    'no-restricted-syntax',
  ],
  [
    'a table of tests may not end silently',
    'libs/base/leases/src/*.spec.ts',
    "const { it: test } = { it }; describe.each([1])('%d', (n) => { if (n > 0) { return; } });",
    'no-restricted-syntax',
  ],
  [
    'a script may not use a name that nothing defines',
    'tools/checks/*.mjs',
    'const { missing } = { missing: nowhere };',
    'no-undef',
  ],
] as const;

function plantedFile(copy: string, folder: string, index: number): string {
  return join(copy, folder.includes('*') ? folder.replace('*', `planted-${index}`) : `${folder}/planted-${index}.ts`);
}

describe('the rules of lint', () => {
  let copy: string;
  let reported: Map<string, readonly string[]>;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'clarion-boundaries-'));
    for (const name of [
      'apps',
      'libs',
      'tools',
      'nx.json',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.base.json',
      'eslint.config.cjs',
    ]) {
      cpSync(join(root, name), join(copy, name), { recursive: true, filter: (path) => !path.includes('/testdata') });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const files = violations.map(([, folder, line], index) => {
      const file = plantedFile(copy, folder, index);
      const name = /\{ (\w+) \}/.exec(line)?.[1] ?? '';
      writeFileSync(file, `${line}\nexport const planted${index} = ${name};\n`);
      return file;
    });
    const env = {
      ...process.env,
      NX_NO_CLOUD: 'true',
      NX_DAEMON: 'false',
      NX_WORKSPACE_ROOT_PATH: copy,
      NX_CACHE_PROJECT_GRAPH: 'true',
    };
    const graph = spawnSync(process.execPath, [join(root, 'node_modules/nx/dist/bin/nx.js'), 'show', 'projects'], {
      cwd: copy,
      env,
      encoding: 'utf8',
    });
    if (graph.status !== 0) throw new Error(`${graph.stdout}${graph.stderr}`);
    const lint = spawnSync(
      process.execPath,
      [join(root, 'node_modules/eslint/bin/eslint.js'), '--format', 'json', ...files],
      { cwd: copy, env, encoding: 'utf8', maxBuffer: 1 << 26 },
    );
    if (!lint.stdout.startsWith('[')) throw new Error(`${lint.stdout}${lint.stderr}`);
    const results = JSON.parse(lint.stdout) as { filePath: string; messages: { ruleId: string | null }[] }[];
    reported = new Map(
      results.map((result) => [result.filePath, result.messages.map((message) => message.ruleId ?? '')]),
    );
  }, 300_000);

  afterAll(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  it.each(violations.map((violation, index) => [...violation, index] as const))(
    '%s',
    (_name, folder, _line, rule, index) => {
      expect(reported.get(plantedFile(copy, folder, index))).toContain(rule);
    },
  );
});
