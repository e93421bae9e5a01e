// Builds programs that tests need with Go, each once, into node_modules/.cache/clarion. Node built-ins only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ensure.mjs';

const cache = join(root, 'node_modules', '.cache', 'clarion');

/**
 * The path of a program that Go builds: `{ name: 'helm', version: '4.3.1', package: 'helm.sh/helm/v4/cmd/helm' }`.
 * Built next to its target, then moved there, so that two processes do not collide. Throws an error that names what is
 * missing.
 */
export function ensureGoProgram({ name, version, package: path }) {
  const executable = process.platform === 'win32' ? `${name}.exe` : name;
  const binary = join(cache, `${name}-${version}`, executable);
  if (existsSync(binary)) return binary;
  if (spawnSync('go', ['version']).error) throw new Error(`there is no ${name}, and no Go to build it with`);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'building-'));
  try {
    console.error(`clarion: building ${name} ${version} with Go (once; some minutes)`);
    const done = spawnSync('go', ['install', '-trimpath', `${path}@v${version}`], {
      env: { ...process.env, GOBIN: folder },
      encoding: 'utf8',
    });
    if (done.status !== 0) {
      throw new Error(`there is no ${name}, and Go could not build it: ${done.stderr.trim().split('\n').at(-1)}`);
    }
    mkdirSync(join(binary, '..'), { recursive: true });
    renameSync(join(folder, executable), binary);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return binary;
}
