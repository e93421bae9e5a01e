import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'clarion-clone-'));
  mkdirSync(join(clone, 'tools'));
  // Scripts find the workspace from where they lie: these are copied, what they build from is linked.
  for (const folder of ['setup', 'sample'])
    cpSync(join(root, 'tools', folder), join(clone, 'tools', folder), { recursive: true });
  for (const name of [
    'apps',
    'libs',
    'proto',
    'node_modules',
    'package.json',
    'package-lock.json',
    'tsconfig.base.json',
  ])
    symlinkSync(join(root, name), join(clone, name));
});
afterEach(() => {
  rmSync(clone, { recursive: true });
});

it('the command line is bundled in a fresh clone, including the sample for its test run', () => {
  const done = spawnSync(process.execPath, [join(clone, 'tools', 'setup', 'bundle.mjs'), 'cli'], { encoding: 'utf8' });
  const bundle = join(clone, 'dist', 'apps', 'cli', 'main.js');
  expect(done).toMatchObject({ status: 0, stderr: expect.stringContaining(`built ${bundle}\n`) as string });
  expect(existsSync(bundle)).toBe(true);
  expect(existsSync(join(clone, 'dist', 'sample', 'debian-12-with-curl.tar'))).toBe(true);
});
