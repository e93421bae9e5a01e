// Builds programs that tests need with Go, each once, into node_modules/.cache/clarion. Node built-ins only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ensure.mjs';

const cache = join(root, 'node_modules', '.cache', 'clarion');

/**
 * The path of a program that Go builds: `{ name: 'helm', version: '4.3.1', package: 'helm.sh/helm/v4/cmd/helm' }`.
 * With `module`, `package` is a folder of it, and the module is downloaded and built by its own list of versions: for
 * proxies that do not list the versions of a module.
 * Built next to its target, then moved there, so that two processes do not collide. Throws an error that names what is
 * missing.
 * @param {{ name: string, version: string, package: string, module?: string }} program
 */
export function ensureGoProgram({ name, version, package: path, module }) {
  const executable = process.platform === 'win32' ? `${name}.exe` : name;
  const binary = join(cache, `${name}-${version}`, executable);
  if (existsSync(binary)) return binary;
  if (spawnSync('go', ['version']).error) throw new Error(`there is no ${name}, and no Go to build it with`);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'building-'));
  try {
    console.error(`clarion: building ${name} ${version} with Go (once; some minutes)`);
    const install = () => go(['install', '-trimpath', `${path}@v${version}`], { GOBIN: folder });
    const done = module === undefined ? install() : buildIn(`${module}@v${version}`, path, join(folder, executable));
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

/**
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} [env]
 */
function go(args, env = {}) {
  return spawnSync('go', [...args], { env: { ...process.env, ...env }, encoding: 'utf8' });
}

/**
 * Builds a folder of a module that is downloaded as a whole.
 * @param {string} module with its version
 * @param {string} path
 * @param {string} target
 */
function buildIn(module, path, target) {
  const downloaded = go(['mod', 'download', '-json', module]);
  if (downloaded.status !== 0) return downloaded;
  const { Dir: folder } = JSON.parse(downloaded.stdout);
  return go(['build', '-C', folder, '-mod=readonly', '-trimpath', '-o', target, path]);
}
