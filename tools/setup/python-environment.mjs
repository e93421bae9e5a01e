// Creates a Python environment with the packages in a file, once, in node_modules/.cache/clarion. Only Node built-ins.
// Usage: node tools/setup/python-environment.mjs REQUIREMENTS   prints the path of its Python; reports what is missing
// and exits with 1
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { complaint, root } from './ensure.mjs';

const cache = join(root, 'node_modules', '.cache', 'clarion');

/** Created next to its target, then moved there, so that an interrupted one does not count. */
function ensurePython(requirements) {
  const version = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (version.error) throw new Error('there is no python3');
  const identity = createHash('sha256').update(version.stdout).update(readFileSync(requirements)).digest('hex');
  const environment = join(cache, `python-${identity.slice(0, 16)}`);
  const python = join('bin', 'python');
  if (existsSync(environment)) return join(environment, python);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'building-'));
  const run = (command, args, what) => {
    const done = spawnSync(command, args, { encoding: 'utf8' });
    if (done.status === 0) return;
    const why = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').at(-1);
    throw new Error(`${what}: ${why || done.error?.message}`);
  };
  try {
    console.error(`clarion: installing ${requirements} for Python (once)`);
    run('python3', ['-m', 'venv', folder], 'python3 has no venv (Debian: python3-venv)');
    const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
    run(join(folder, python), [...install, '-r', requirements], 'pip could not install the packages');
    if (!existsSync(environment)) renameSync(folder, environment);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return join(environment, python);
}

try {
  console.log(ensurePython(process.argv[2]));
} catch (error) {
  console.error(complaint(error));
  process.exitCode = 1;
}
