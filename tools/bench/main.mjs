// Benchmarks, printed as ratios against peers and limits in one run. Nothing here is a test.
// Usage: npm run bench [-- DIR]    DIR holds images made by tools/bench/make-images.sh (made there when it is empty).
//        npm run bench -- applications [DIR]    images of tools/bench/make-application-images.sh, likewise.
//        npm run bench -- large-layers    memory of images with 50,000 package.json, 2,000 jars, and a program of 1 GB.
//        npm run bench -- composing    processor time of composing images with many files of packages.
//        npm run bench -- scale|load|report-cost|timeline-cost|submit|sweep|first-minute [OPTIONS]    the benchmarks of the service side (docs/benchmarks.md).
// Peers are timed when they are on PATH: trivy and syft on the same image, `gzip -dc | tar t` for the walk.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBundle, ensureDependencies } from '../setup/ensure.mjs';
import { runTypeScript } from '../setup/run-typescript.mjs';
import { withLargeLayers } from './large-layers.mjs';
import { emptyTrivyCache } from './trivy-cache.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'clarion-bench-'));
const runs = 5;
ensureDependencies();
const cli = await ensureBundle('cli');

/** Runs a command; wall milliseconds, milliseconds to the first byte of output, peak resident MiB. */
function timed(command, args, input) {
  return new Promise((done, fail) => {
    const started = process.hrtime.bigint();
    const since = () => Number(process.hrtime.bigint() - started) / 1e6;
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    let first;
    let peak = 0;
    const sample = setInterval(() => {
      try {
        peak = Math.max(
          peak,
          Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
        );
      } catch {
        // The process has ended, or this system has no /proc.
      }
    }, 10);
    child.stdout.on('data', () => {
      first ??= since();
    });
    child.on('close', (code) => {
      clearInterval(sample);
      if (code === 0) done({ wall: since(), first, peak });
      else fail(new Error(`${command} ${args.join(' ')} ended with ${code}`));
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

/**
 * The best of several runs: the least disturbed one.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ prepare?: () => void, input?: string }} options
 */
async function best(command, args, { prepare = () => undefined, input } = {}) {
  let winner;
  for (let run = 0; run < runs; run += 1) {
    prepare();
    const result = await timed(command, args, input);
    if (winner === undefined || result.wall < winner.wall) winner = result;
  }
  return winner;
}

const onPath = (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
const ms = (value) => `${value.toFixed(0).padStart(6)} ms`;

function row(what, value, target) {
  console.log(`${what.padEnd(46)} ${value.padEnd(34)} ${target ?? ''}`);
}

/**
 * Runs several commands in turns, so that other load on the machine slows all of them down; returns the best run of
 * each.
 */
async function bestInTurn(commands) {
  const best = new Map();
  for (let round = 0; round < runs; round += 1) {
    for (const { name, command, args, prepare = () => undefined } of commands) {
      prepare();
      const result = await timed(command, args);
      if (best.get(name) === undefined || result.wall < best.get(name).wall) best.set(name, result);
    }
  }
  return best;
}

/** Commands on one image: a cold run deletes all data first; in the following warm run all layers are known. */
function commandsOn(image, file) {
  const db = join(work, 'db');
  const packages = [cli, 'packages', image, '--format', 'json', '--output', join(work, 'out.json')];
  const clarion = { command: process.execPath, args: [...packages, '--quiet', '--db', db] };
  const forget = (directory) => () => rmSync(directory, { recursive: true, force: true });
  const commands = [
    { name: 'clarion cold', ...clarion, prepare: forget(db) },
    { name: 'clarion warm', ...clarion },
  ];
  if (onPath('trivy')) {
    const cache = join(work, 'trivy');
    const out = [
      '--format',
      'cyclonedx',
      '--offline-scan',
      '--skip-java-db-update',
      '--quiet',
      '-o',
      join(work, 't.json'),
    ];
    const trivy = { command: 'trivy', args: ['image', '--cache-dir', cache, '--input', file, ...out] };
    commands.push(
      { name: 'trivy cold', ...trivy, prepare: () => emptyTrivyCache(cache) },
      { name: 'trivy warm', ...trivy },
    );
  }
  if (onPath('syft')) {
    const source = `${statSync(file).isDirectory() ? 'oci-dir' : 'docker-archive'}:${file}`;
    const args = ['scan', source, '-q', '-o', `syft-json=${join(work, 's.json')}`];
    commands.push({ name: 'syft', command: 'syft', args });
  }
  return commands;
}

async function scanOf(title, image, file) {
  const results = await bestInTurn(commandsOn(image, file));
  const cold = results.get('clarion cold').wall;
  const warm = results.get('clarion warm').wall;
  const targets = {
    'clarion cold': () => 'memory <= 200 MiB',
    'clarion warm': () => '<= 150 ms',
    'trivy cold': (wall) => `clarion/trivy ${(cold / wall).toFixed(2)} (<= 0.60)`,
    'trivy warm': (wall) => `clarion/trivy ${(warm / wall).toFixed(2)}`,
    syft: (wall) => `clarion/syft ${(cold / wall).toFixed(2)}`,
  };
  for (const [name, { wall, peak }] of results) {
    row(`${title}: ${name}`, `${ms(wall)}, ${peak.toFixed(0)} MiB`, targets[name](wall));
  }
}

/**
 * The directory with images; they are made when it has none.
 * @param {{ directory: string | undefined, name: string, script: string, complete: (directory: string) => boolean }} images
 */
function imagesIn({ name, directory = join(tmpdir(), name), script, complete }) {
  const path = resolve(directory);
  mkdirSync(path, { recursive: true });
  if (complete(path)) return path;
  const made = spawnSync(join(here, script), [path], { stdio: ['ignore', 2, 2] });
  if (made.status === 0) return path;
  console.error(`bench: no images: see the first lines of tools/bench/${script} for what it needs`);
  return undefined;
}

/** Images of applications in several languages. */
async function applications(directory) {
  const names = ['node', 'python', 'java', 'go'];
  const path = imagesIn({
    directory,
    name: 'clarion-bench-applications',
    script: 'make-application-images.sh',
    complete: (made) => names.some((name) => existsSync(join(made, name, 'done'))),
  });
  if (path === undefined) return;
  for (const name of readdirSync(path).filter((one) => existsSync(join(path, one, 'done')))) {
    const file = join(path, name, 'docker.tar');
    row(`${name}: size`, `${(statSync(file).size / 1e6).toFixed(0)} MB`);
    await scanOf(`${name}, docker archive`, `docker-archive:${file}`, file);
    await scanOf(`${name}, gzip`, `oci:${join(path, name, 'oci')}:latest`, join(path, name, 'oci'));
  }
}

/** Images whose layers are as large as they may be within the limit of memory. */
async function largeLayers() {
  await withLargeLayers(work, async (name, archive) => {
    const store = join(work, 'store');
    const prepare = () => rmSync(store, { recursive: true, force: true });
    const args = [cli, 'packages', `docker-archive:${archive}`, '--db', store, '--quiet', '--format', 'json'];
    const { wall, peak } = await best(process.execPath, args, { prepare });
    row(`${name}, cold`, `${ms(wall)}, ${peak.toFixed(0)} MiB at most`, '<= 250 MiB');
  });
}

async function main() {
  const bare = await best(process.execPath, ['-e', '0']);
  row(`node ${process.version} itself`, ms(bare.wall));
  const help = await best(process.execPath, [cli, '--help']);
  row('first output (clarion --help)', ms(help.first), '<= 100 ms');
  const lines = 500_000;
  const batch = Array.from(
    { length: lines },
    (_, n) => `dpkg\t1:${n}.${n % 97}-1+deb12u${n % 5}\t1:${n}.${n % 89}-1~bpo${n % 3}`,
  ).join('\n');
  const compare = await best(process.execPath, [cli, 'version', 'compare', '--batch'], { input: batch });
  row('version compare --batch', `${((lines / compare.wall) * 1000).toFixed(0)} lines/s`, '>= 100000');
  const directory = imagesIn({
    directory: process.argv[2],
    name: 'clarion-bench-images',
    script: 'make-images.sh',
    complete: (path) => existsSync(join(path, 'done')),
  });
  if (directory === undefined) return;
  await scanOf('gzip OCI layout', `oci:${join(directory, 'oci')}:latest`, join(directory, 'oci'));
  await scanOf('docker archive', `docker-archive:${join(directory, 'docker.tar')}`, join(directory, 'docker.tar'));
}

const [name = '', ...options] = process.argv.slice(2);
try {
  if (['scale', 'load', 'report-cost', 'timeline-cost', 'submit', 'sweep', 'first-minute', 'composing'].includes(name))
    process.exitCode = await runTypeScript('bench', `${name}-run`, options);
  else if (name === 'applications') await applications(options[0]);
  else if (name === 'large-layers') await largeLayers();
  else await main();
} finally {
  rmSync(work, { recursive: true, force: true });
}
