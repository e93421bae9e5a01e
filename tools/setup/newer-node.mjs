// The Node version of the container images, for a second run of the specs in CI. It is an npm package with a binary.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ensure.mjs';

const version = '24.14.0';

/** Path of the newer Node's binary; installs it once. Undefined if there is no package for this machine. */
export function ensureNewerNode() {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(root, 'node_modules', '.cache', 'clarion', `node-${version}`);
  const binary = join(folder, 'node_modules', name, 'bin', 'node');
  if (existsSync(binary)) return binary;
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  spawnSync('npm', [...args, '--prefix', folder, `${name}@${version}`], { cwd: root, stdio: ['ignore', 'ignore', 2] });
  return existsSync(binary) ? binary : undefined;
}
