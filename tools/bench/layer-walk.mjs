// Measures how fast layers are walked and hashed: node tools/bench/layer-walk.mjs [FILE.tar.gz]
// Without a file it builds a tar of 250 MB or more from /usr of this machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { threadPrograms } from '../setup/thread-programs.cjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const wantedBytes = 251_000_000;
const rounds = 5;

/** Packs every nth file of /usr, so that large and small, binary and text files are mixed realistically. */
function makeTar(folder) {
  const command = ['/usr', '-xdev', '-type', 'f', '-readable', '-size', '-16M', '-printf', '%s %P\\n'];
  const lines = execFileSync('find', command, { maxBuffer: 1 << 30 })
    .toString()
    .trimEnd()
    .split('\n')
    .sort();
  const step = 20;
  const names = [];
  for (let at = 0, bytes = 0; bytes < wantedBytes && at < lines.length; at++) {
    const offset = (at * step) % lines.length;
    const line = lines[offset + Math.floor((at * step) / lines.length)] ?? '';
    names.push(line.slice(line.indexOf(' ') + 1));
    bytes += Number.parseInt(line, 10) || 0;
  }
  const list = join(folder, 'list');
  const tar = join(folder, 'layer.tar');
  writeFileSync(list, names.join('\n'));
  execFileSync('tar', ['cf', tar, '-C', '/usr', '--no-recursion', '-T', list]);
  execFileSync('sh', ['-c', 'gzip -6 <"$1" >"$1.gz"', 'sh', tar]);
  return { tar, gzip: `${tar}.gz` };
}

function unpackTar(folder, gzip) {
  const tar = join(folder, 'layer.tar');
  execFileSync('sh', ['-c', 'gzip -dc "$1" >"$2"', 'sh', gzip, tar]);
  return { tar, gzip };
}

/** The best of some rounds: other work on the machine can only make a run slower. */
function best(measure) {
  return Array.from({ length: rounds }, measure).reduce((one, other) => (other.wallMs < one.wallMs ? other : one));
}

function commandLine(command, path) {
  return best(() => {
    const started = performance.now();
    execFileSync('sh', ['-c', command, 'sh', path], { stdio: 'ignore' });
    return { wallMs: performance.now() - started };
  });
}

function report(name, size, { wallMs, cpuMs, rssMb }) {
  const speed = (ms) => (ms === undefined ? '' : (size / 1000 / ms).toFixed(0));
  const columns = [wallMs.toFixed(0), speed(wallMs), speed(cpuMs), rssMb?.toFixed(0) ?? ''];
  console.log([name.padEnd(34), ...columns.map((text) => text.padStart(12))].join(''));
}

const folder = mkdtempSync(join(tmpdir(), 'layer-walk-'));
try {
  const [given] = process.argv.slice(2);
  const { tar, gzip } = given === undefined ? makeTar(folder) : unpackTar(folder, given);
  const size = statSync(tar).size;
  const script = join(folder, 'run.js');
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'tools/bench/layer-walk-run.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    plugins: [threadPrograms],
    tsconfig: join(root, 'tsconfig.base.json'),
    logLevel: 'warning',
  });
  const run = (mode, path) => best(() => JSON.parse(execFileSync(process.execPath, [script, mode, path]).toString()));
  console.log(
    `${(size / 1e6).toFixed(0)} MB of tar, ${(statSync(gzip).size / 1e6).toFixed(0)} MB as gzip; best of ${rounds}`,
  );
  console.log(
    ['', 'wall ms', 'MB/s', 'MB/s a core', 'peak MB']
      .map((text, at) => (at ? text.padStart(12) : text.padEnd(34)))
      .join(''),
  );
  const walked = run('walk and digests', gzip);
  const peer = commandLine('gzip -dc "$1" | tar t', gzip);
  report('gzip: walk and both digests', size, walked);
  report('gzip: walk', size, run('walk', gzip));
  report('gzip -dc | tar t', size, peer);
  report('tar: walk and digest', size, run('walk and digests', tar));
  report('tar: walk', size, run('walk', tar));
  report('tar: list by seeking', size, run('seek', tar));
  console.log(`walk and both digests take ${(walked.wallMs / peer.wallMs).toFixed(2)} of the time of gzip -dc | tar t`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
