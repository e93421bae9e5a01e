import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const checker = path.join(__dirname, 'test-code.mjs');

/** The output of the check for a project with these files of a library or app. */
function check(files: Readonly<Record<string, string>>, folder = 'libs/base/thing'): readonly string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'clarion-test-code-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      const file = path.join(root, folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const script = `import(${JSON.stringify(checker)}).then((c) => console.log(JSON.stringify(c.testCodeInSources(process.argv[1]))))`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', script, root], { encoding: 'utf8' });
    if (stderr !== '') throw new Error(stderr);
    return (JSON.parse(stdout) as string[]).map((line) => line.replace(`${folder}/`, ''));
  } finally {
    rmSync(root, { recursive: true });
  }
}

describe('test code', () => {
  it.each([
    ['imports of a library for tests', 'src/suite.ts', "import fc from 'fast-check';", 'what imports fast-check'],
    [
      'imports of the test kit',
      'src/a/b.ts',
      "import { until } from '@clarion/test-kit';",
      'what imports @clarion/test-kit',
    ],
    ['imports of test code', 'src/a/b.ts', "import { x } from '../../testing/x';", 'what imports ../../testing/x'],
    ['imports in double quotes', 'src/suite.ts', 'import fc from "fast-check";', 'what imports fast-check'],
    [
      'tests that a function describes',
      'src/suite.ts',
      "export function suite() {\n  it.each([1])('x', f);\n}",
      'what describes tests',
    ],
    ['a folder for it', 'src/testing/x.ts', '', 'a program in testing/'],
    ['programs among test data', 'src/a/testdata/child.cjs', '', 'a program in testdata/'],
  ])('is found in sources: %s', (_, name, text, reason) => {
    expect(check({ [name]: text })).toEqual([
      `${name}: ${reason} is test code, so it belongs into testing/ beside src`,
    ]);
  });

  it.each(['libs/base/thing', 'apps/thing'])('is what only specs of %s import', (folder) => {
    const files = {
      'src/index.ts': "export * from './product';",
      'src/product.ts': '',
      'src/e2e/start.ts': '',
      'src/e2e/a.spec.ts': "import { start } from './start';\nimport { product } from '../product';",
      'src/e2e/b.spec.ts': "jest.requireActual('./start');\nimport { all } from '..';",
    };
    expect(check(files, folder)).toEqual([
      'src/e2e/start.ts: what only specs import is test code, so it belongs into testing/ beside src',
    ]);
  });

  it('is next to them, in specs, or not a program', () => {
    expect(
      check({
        'src/thing.ts': "export const note = 'about fast-check';",
        'src/thing.spec.ts': "import fc from 'fast-check';",
        'src/testdata/thing.json': '{}',
        'testing/suite.ts': "import fc from 'fast-check';",
      }),
    ).toEqual([]);
  });
});
