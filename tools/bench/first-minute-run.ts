// The first minute of `clarion serve` on a store that only the command line wrote, when its index of vulnerabilities is
// built and feeds are committed: how long callers wait in that time, and the longest block of the event loop of the
// process that answers (on a loaded machine only the latter measures Clarion).
//   npm run bench -- first-minute MIRROR [--seconds N] [--db DIR]
// MIRROR has the layout of tools/feeds/mirror.mjs; its last feed is loaded during the requests, the others before. DIR
// is a store that already contains those; it is copied.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { cpuSeconds, type Installation, printTable, startServe } from './installations';

const { values, positionals } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    db: { type: 'string' },
  },
  allowPositionals: true,
});
const [mirror] = positionals;

/** Loaded into the process that answers: records its delays, and CPU time of its main thread, until it ends. */
const probe = (file: string): string => `
  if (!process.argv.includes('--child-process')) {
    const { monitorEventLoopDelay, performance } = require('node:perf_hooks');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const slices = [];
    let last = performance.now();
    let cpu = process.cpuUsage();
    setInterval(() => {
      const [now, used] = [performance.now(), process.cpuUsage(cpu)];
      slices.push([now - last, (used.user + used.system) / 1000]);
      [last, cpu] = [now, process.cpuUsage()];
    }, 5).unref();
    process.on('exit', () => {
      const ms = (value) => value / 1e6;
      const worst = slices.sort(([, a], [, b]) => b - a)[0] ?? [0, 0];
      require('node:fs').writeFileSync(${JSON.stringify(file)}, JSON.stringify({
        p50: ms(delay.percentile(50)), p99: ms(delay.percentile(99)), max: ms(delay.max), busiest: worst[1],
      }));
    });
  }`;

interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Milliseconds of CPU time between two turns, at most. */
  readonly busiest: number;
}

/** Requests, sent one after the other; the last one writes, and is sent in some rounds only. */
const questions = [
  ['GET', '/feeds'],
  ['GET', '/images'],
  ['GET', '/notifications'],
  // Waits for the index of vulnerabilities, once.
  ['GET', '/vulnerabilities/CVE-2021-44228'],
] as const;
const roundsOfAWrite = 20;

async function ask(
  { api }: Installation,
  { until, feed }: { readonly until: number; readonly feed: string },
): Promise<ReadonlyMap<string, readonly number[]>> {
  const write = ['POST', `/feeds/${feed}/update`] as const;
  const answered = new Map<string, number[]>([...questions, write].map(([method, path]) => [`${method} ${path}`, []]));
  for (let round = 0; performance.now() < until; round += 1) {
    for (const [method, path] of round % roundsOfAWrite === 0 ? [...questions, write] : questions) {
      const started = performance.now();
      await api.call(method, path);
      answered.get(`${method} ${path}`)?.push(performance.now() - started);
      await sleep(20);
    }
  }
  return answered;
}

function percentile(sorted: readonly number[], share: number): string {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return `${value.toFixed(1)} ms`;
}

function importFeeds(feeds: readonly string[], db: string): void {
  const program = join(process.cwd(), 'dist/apps/cli/main.js');
  for (const feed of feeds) {
    const args = [program, 'update', feed, '--from', resolve(mirror ?? ''), '--db', db, '--quiet'];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
}

async function main(): Promise<void> {
  if (mirror === undefined) throw new Error('give the directory of a mirror');
  const folder = mkdtempSync(join(tmpdir(), 'clarion-first-minute-'));
  try {
    const db = join(folder, 'db');
    const feeds = readdirSync(mirror).sort();
    const last = feeds.pop() ?? '';
    if (values.db === undefined) importFeeds(feeds, db);
    else cpSync(values.db, db, { recursive: true });
    const noted = join(folder, 'delays.json');
    const script = join(folder, 'probe.cjs');
    writeFileSync(script, probe(noted));
    process.env['BENCH_NODE_OPTIONS'] = `--require=${script}`;
    const installation = await startServe(db, [], ['--feeds-dir', resolve(mirror)]);
    const pid = installation.processes.get('serve') ?? 0;
    const answered = await ask(installation, {
      until: performance.now() + Number(values.seconds) * 1000,
      feed: last,
    });
    const cpu = cpuSeconds(pid);
    await installation.stop();
    const rows = [...answered].map(([question, times]) => {
      const sorted = times.toSorted((a, b) => a - b);
      return [question, String(sorted.length), ...[0.5, 0.99, 1].map((share) => percentile(sorted, share))];
    });
    printTable([['question', 'answers', 'p50', 'p99', 'longest'], ...rows]);
    const { p50, p99, max, busiest } = JSON.parse(readFileSync(noted, 'utf8')) as Delays;
    const shown = [p50, p99, max].map((value) => `${value.toFixed(1)} ms`);
    printTable([
      ['', 'p50', 'p99', 'longest'],
      ['delay of the event loop', ...shown],
    ]);
    console.log(`most CPU time between two turns ${busiest.toFixed(0)} ms, in all ${cpu.toFixed(1)} s`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
