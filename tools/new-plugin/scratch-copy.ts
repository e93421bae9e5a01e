import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(__dirname, '..', '..');
const files = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'jest.config.cjs',
  '.prettierrc.json',
];

/** A copy of the project in which a spec may change what it likes. */
export interface ScratchCopy {
  readonly path: string;
  /** Runs a Node program in the copy to its end. */
  run(...args: string[]): SpawnSyncReturns<string>;
  /** Scaffolds a plugin in the copy; throws when that fails. */
  newPlugin(kind: string, id: string): void;
  /** Runs the specs that match the patterns in the copy. */
  jest(...patterns: string[]): SpecResults;
  /** Puts everything under version control, so that `changes` shows what is done later. */
  commit(): void;
  /** Lines added and removed since then, by path. */
  changes(): readonly (readonly [added: string, removed: string, path: string])[];
  /** Bundles the command line in the copy; throws when that fails. */
  bundleCli(): void;
  remove(): void;
}

/** The results of specs in a copy. */
export interface SpecResults {
  readonly passed: number;
  /** Files of specs that failed, with the reason. */
  readonly failed: readonly string[];
  readonly names: readonly string[];
}

interface JestResult {
  readonly numPassedTests: number;
  readonly testResults: readonly { readonly name: string; readonly status: string; readonly message: string }[];
}

/** Copies sources and settings; dependencies are those of the project. */
export function scratchCopy(): ScratchCopy {
  const path = mkdtempSync(join(tmpdir(), 'clarion-new-plugin-'));
  for (const name of ['libs', 'docs', ...files]) cpSync(join(root, name), join(path, name), { recursive: true });
  for (const name of ['apps', 'tools'])
    cpSync(join(root, name), join(path, name), { recursive: true, filter: (file) => !file.endsWith('.spec.ts') });
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  const run = (...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(process.execPath, args, {
      cwd: path,
      // Jest may set FORCE_COLOR for its workers.
      env: { ...process.env, CLARION_ROOT: path, FORCE_COLOR: '' },
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
  const succeed = (...args: string[]): void => {
    const done = run(...args);
    if (done.status !== 0) throw new Error(`${args.join(' ')}: ${done.stderr}`);
  };
  const git = (...args: string[]): string => {
    const identity = ['-c', 'user.name=spec', '-c', 'user.email=spec@example.org', '-c', 'core.hooksPath=/dev/null'];
    const done = spawnSync('git', [...identity, ...args], { cwd: path, encoding: 'utf8', maxBuffer: 1 << 26 });
    if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
    return done.stdout;
  };
  return {
    path,
    run,
    jest(...patterns) {
      const done = run(
        join(root, 'node_modules/jest/bin/jest.js'),
        '--config',
        'jest.config.cjs',
        '--json',
        ...patterns,
      );
      const { numPassedTests, testResults } = JSON.parse(done.stdout) as JestResult;
      const failed = testResults.filter(({ status }) => status === 'failed');
      return {
        passed: numPassedTests,
        failed: failed.map(({ name, message }) => `${name}\n${message}`),
        names: testResults.map(({ name }) => name),
      };
    },
    commit() {
      writeFileSync(join(path, '.gitignore'), 'node_modules\ndist\nscan\n');
      git('init', '--quiet');
      git('add', '--all');
      git('commit', '--quiet', '--message', 'The project as it is');
    },
    changes() {
      git('add', '--all');
      const lines = git('diff', '--cached', '--numstat', '--no-renames').trim().split('\n');
      return lines.map((line) => line.split('\t') as [added: string, removed: string, path: string]);
    },
    bundleCli() {
      const setup = JSON.stringify(pathToFileURL(join(path, 'tools/setup/ensure.mjs')).href);
      succeed('--eval', `import(${setup}).then((setup) => setup.ensureBundle('cli'))`);
    },
    newPlugin(kind, id) {
      succeed(join(root, 'tools/new-plugin/main.mjs'), kind, id);
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
