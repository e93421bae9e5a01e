// Makes a fresh clone ready to run: dependencies, then bundles. Only Node built-ins, because nothing is installed yet.
// Stamps record completed steps, which are not repeated.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * The line that a tool prints of an error.
 * @param {unknown} error
 */
export function complaint(error) {
  return `clarion: ${error instanceof Error ? error.message : String(error)}`;
}

const oldestNode = { major: 20, minor: 19 };

/** Exits with a clear message if this Node is too old to run Clarion. */
export function ensureNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor)) return;
  console.error(
    `clarion: Node ${oldestNode.major}.${oldestNode.minor} or newer is needed, this is ${process.versions.node}`,
  );
  process.exit(1);
}

/**
 * Installs the locked dependencies unless the installed ones are of this very lock file. What a link leads to is of
 * another working copy, which npm would delete.
 */
export function ensureDependencies() {
  if (lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink()) return;
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).update(process.version).digest('hex');
  const stamp = join(root, 'node_modules', '.clarion-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('clarion: installing dependencies (once; about a minute)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) {
    console.error('clarion: npm ci failed; see its message above (is a package registry reachable?)');
    process.exit(1);
  }
  writeFileSync(stamp, wanted);
}

/** A fingerprint of all inputs of a bundle: paths, sizes and times of sources and the lock file. */
function fingerprint() {
  const hash = createHash('sha256');
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path}|${size}|${mtimeMs}\n`);
  };
  const walk = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'testdata') walk(path);
      } else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts')) add(path);
    }
  };
  for (const folder of ['apps', 'libs', 'tools']) walk(join(root, folder));
  for (const file of ['package-lock.json', 'tsconfig.base.json']) add(join(root, file));
  for (const file of ['bundle.mjs', 'compiled-bundle.mjs', 'thread-programs.cjs'])
    add(join(root, 'tools', 'setup', file));
  return hash.digest('hex');
}

/** Bundles `name` (an app, or a tool with its own entry) unless the bundle is up to date. */
export async function ensureBundle(name) {
  const { bundle, bundlePath } = await import('./bundle.mjs');
  const path = bundlePath(name);
  // What V8 has compiled ahead is of use to this very version of Node only.
  const stamp = `${path}.${process.version}.stamp`;
  const wanted = fingerprint();
  if (existsSync(path) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return path;
  rmSync(stamp, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  await bundle(name);
  writeFileSync(stamp, wanted);
  return path;
}
