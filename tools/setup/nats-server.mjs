// Finds or builds the NATS server for tests. Only Node built-ins.
// Usage: node tools/setup/nats-server.mjs      prints the path of the binary; reports what is missing and exits with 1
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { ensureGoProgram } from './go-program.mjs';
import { complaint } from './ensure.mjs';

const version = '2.15.2';
const oldest = { major: 2, minor: 10 };
const executable = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';

/** The version of a server binary as numbers, or undefined if it does not run. */
function versionOf(binary) {
  const done = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  const found = /v(\d+)\.(\d+)\.(\d+)/.exec(done.stdout ?? '');
  return done.error || !found ? undefined : found.slice(1).map(Number);
}

/** @param {readonly number[]} version */
function isNewEnough([major = 0, minor = 0]) {
  return major > oldest.major || (major === oldest.major && minor >= oldest.minor);
}

/**
 * The path of a NATS server of version 2.10 or newer: that of NATS_SERVER, else the one on the path, else one that Go
 * builds once into node_modules/.cache. Throws an error that names what is missing.
 */
export function ensureNatsServer() {
  const given = process.env.NATS_SERVER;
  if (given) {
    const found = versionOf(given);
    if (found && isNewEnough(found)) return given;
    throw new Error(
      `NATS_SERVER=${given} is ${found ? `version ${found.join('.')}, 2.10 is needed` : 'no NATS server'}`,
    );
  }
  const onPath = versionOf(executable);
  if (onPath && isNewEnough(onPath)) return executable;
  try {
    return ensureGoProgram({ name: 'nats-server', version, package: 'github.com/nats-io/nats-server/v2' });
  } catch (error) {
    throw new Error(
      `no nats-server 2.10 or newer on the path (or in NATS_SERVER): ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(ensureNatsServer());
  } catch (error) {
    console.error(complaint(error));
    process.exitCode = 1;
  }
}
