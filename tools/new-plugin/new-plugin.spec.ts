import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** What is scaffolded, and where; a scaffolded plugin must pass its library's contract as it is. */
const kinds = [
  ['detector', 'plugins/feature-detectors'],
  ['namespace-detector', 'plugins/namespace-detectors'],
  ['feed', 'plugins/feed-sources'],
  ['version-scheme', 'base/version-schemes'],
  ['report-format', 'plugins/report-formats'],
] as const;

interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly message: string }[];
}

describe('tools/new-plugin', () => {
  let copy: string;
  const run = (script: string, ...args: string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [script, ...args], {
      cwd: copy,
      env: { ...process.env, CLARION_ROOT: copy },
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'clarion-new-plugin-'));
    for (const name of [
      'libs',
      'docs',
      'package.json',
      'tsconfig.json',
      'tsconfig.base.json',
      'jest.config.cjs',
      '.prettierrc.json',
    ]) {
      cpSync(join(root, name), join(copy, name), { recursive: true });
    }
    for (const name of ['apps', 'tools'])
      cpSync(join(root, name), join(copy, name), { recursive: true, filter: (path) => !path.endsWith('.spec.ts') });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const [kind] of kinds) {
      const made = run(join(root, 'tools/new-plugin/main.mjs'), kind, `sample-${kind}`);
      if (made.status !== 0) throw new Error(`${kind}: ${String(made.stderr)}`);
    }
  }, 300_000);

  afterAll(() => {
    rmSync(copy, { recursive: true, force: true });
  });

  it('makes one of each that passes its own spec and its library’s contract', () => {
    const patterns = kinds.flatMap(([kind, library]) => [
      `libs/${library}/src/sample-${kind}/`,
      `libs/${library}/src/[a-z-]*(contract|detectors|formats)\\.spec`,
    ]);
    const jest = run(join(root, 'node_modules/jest/bin/jest.js'), '--config', 'jest.config.cjs', '--json', ...patterns);
    const result = JSON.parse(String(jest.stdout)) as JestResult;
    const failed = result.testResults
      .filter(({ status }) => status === 'failed')
      .map(({ name, message }) => `${name}\n${message}`);
    expect(failed).toEqual([]);
    expect(result.testResults.filter(({ name }) => name.includes('/sample-')).length).toBe(5);
    expect(result.numPassedTests).toBeGreaterThan(50);
  }, 300_000);

  it('makes code that type-checks', () => {
    const checked = run(join(root, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json');
    expect(
      String(checked.stdout)
        .split('\n')
        .filter((line) => line.includes('sample-')),
    ).toEqual([]);
  }, 300_000);

  it.each([
    [['detector'], /usage/],
    [['engine', 'x'], /usage/],
    [['detector', 'Bad_Id'], /no id/],
    [['detector', 'dpkg'], /there already/],
  ])('refuses %j', (args, message) => {
    const refused = run(join(root, 'tools/new-plugin/main.mjs'), ...args);
    expect([refused.status, String(refused.stderr)]).toEqual([1, expect.stringMatching(message)]);
  });
});
