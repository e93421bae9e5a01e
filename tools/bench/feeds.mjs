// Imports every feed of a mirror directory into one new store, each in a separate process, then once more unchanged.
// Usage: node tools/bench/feeds.mjs MIRROR [DB]     MIRROR has the layout of tools/feeds/mirror.mjs
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBundle, ensureDependencies } from '../setup/ensure.mjs';
import { neededArguments } from '../setup/needed-arguments.mjs';

const [mirror, kept] = neededArguments(['MIRROR'], '[DB]');
ensureDependencies();
const cli = await ensureBundle('cli');
const db = kept ?? mkdtempSync(join(tmpdir(), 'clarion-feeds-'));

/** Linux: the unit of CPU time in /proc. */
const ticksASecond = 100;

/** CPU seconds that a process and its threads have used; on a busy machine they are more meaningful than the clock. */
function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything: state is the third field, user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}

/** Runs the command line; returns seconds, exit code, output, and peak memory without mapped files in MiB. */
function run(args) {
  return new Promise((done) => {
    const started = process.hrtime.bigint();
    const child = spawn(process.execPath, [cli, ...args, '--db', db], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let peak = 0;
    let cpu = 0;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
    const sample = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
        cpu = cpuSecondsOf(child.pid);
      } catch {
        // The process has ended, or this system has no /proc.
      }
    }, 20);
    child.on('close', (code) => {
      clearInterval(sample);
      done({ seconds: Number(process.hrtime.bigint() - started) / 1e9, code, said, peak, cpu });
    });
  });
}

function stateOf(feed) {
  const args = [cli, 'db', 'status', '--format', 'json', '--db', db];
  const rows = JSON.parse(spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout);
  return rows.find((row) => row.feed === feed);
}

const size = () => statSync(join(db, 'facts.mdb')).size / 2 ** 20;
const widths = [26, 12, 10, 10, 10, 10, 10, 12];
const row = (...cells) =>
  console.log(cells.map((cell, at) => String(cell).padStart(at === 0 ? 0 : (widths[at] ?? 0))).join(' '));
const first = (name) => name.padEnd(widths[0]);

row(first('feed'), 'advisories', 'packages', 'problems', 'seconds', 'CPU s', 'peak MiB', 'database MiB', ' again s');
let advisories = 0;
let seconds = 0;
let cpu = 0;
for (const feed of readdirSync(mirror).sort()) {
  const import_ = await run(['update', feed, '--from', mirror]);
  const again = await run(['update', feed, '--from', mirror]);
  const state = stateOf(feed) ?? {};
  advisories += state.statements ?? 0;
  seconds += import_.seconds;
  cpu += import_.cpu;
  row(
    first(feed),
    state.statements ?? 0,
    state.groups ?? 0,
    state.problems ?? 0,
    import_.seconds.toFixed(1),
    import_.cpu.toFixed(1),
    import_.peak.toFixed(0),
    size().toFixed(0),
    ` ${again.seconds.toFixed(1)} ${/unchanged/.test(again.said) ? 'unchanged' : again.said.trim()}`,
  );
  if (import_.code !== 0) console.log(`  ${import_.said.trim()}`);
}
row(first('all'), advisories, '', '', seconds.toFixed(1), cpu.toFixed(1), '', size().toFixed(0));
if (kept === undefined) rmSync(db, { recursive: true, force: true });
