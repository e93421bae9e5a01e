// npm run scan, npm run serve and npm run clarion: all set-up, then the command line with the given arguments.
// `scan` without an image scans the sample image with the sample feeds (tools/sample).
import { spawn } from 'node:child_process';
import { ensureBundle, ensureDependencies, ensureNode } from './ensure.mjs';

/** Runs a bundle with this terminal; resolves with its exit code. Signals reach the child through the terminal. */
function run(path, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path, ...args], { stdio: 'inherit' });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

ensureNode();
ensureDependencies();
const cli = await ensureBundle('cli');
let args = process.argv.slice(2);
if (args[0] === 'scan' && args.length === 1) {
  const { sampleArguments } = await import('../sample/arguments.mjs');
  args = await sampleArguments();
}
process.exitCode = await run(cli, args);
