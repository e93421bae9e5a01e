import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
  remove(): void;
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
      env: { ...process.env, CLARION_ROOT: path },
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
  return {
    path,
    run,
    newPlugin(kind, id) {
      const made = run(join(root, 'tools/new-plugin/main.mjs'), kind, id);
      if (made.status !== 0) throw new Error(`${kind}: ${made.stderr}`);
    },
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
