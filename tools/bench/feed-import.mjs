// Measures imports of feeds into a new store: rows, seconds, peak memory, size of the database.
//   node tools/bench/feed-import.mjs [ROWS]          generated rows, in random order (default 1,000,000), then the same
//                                                    ones again, then with one in a hundred changed
//   node tools/bench/feed-import.mjs FEED DIR ...    a feed from a directory with the layout of its upstream
// "peak MB" counts the pages of the database file that are mapped, "own MB" does not.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { threadPrograms } from '../setup/thread-programs.cjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'feed-import-'));
const script = join(folder, 'run.js');
const columns = [
  'seconds',
  'rows/s',
  'reading s',
  'commit s',
  'CPU s',
  'peak MB',
  'own MB',
  'database MB',
  'groups put',
  'problems',
];

function show(name, run) {
  const rows = run.advisories ?? 0;
  const cells = [
    run.seconds.toFixed(1),
    (rows / run.seconds).toFixed(0),
    run.readingSeconds.toFixed(1),
    run.commitSeconds.toFixed(1),
    run.cpuSeconds.toFixed(1),
    run.rssMb.toFixed(0),
    run.anonymousMb.toFixed(0),
    run.databaseMb.toFixed(0),
    String(run.written?.groups ?? ''),
    String(run.problems ?? ''),
  ];
  console.log(`${name.padEnd(40)}${cells.map((cell) => cell.padStart(13)).join('')}   ${run.error ?? run.result}`);
}

function measure(name, args) {
  const env = { ...process.env, NODE_PATH: join(root, 'node_modules') };
  const run = JSON.parse(execFileSync(process.execPath, [script, ...args], { env }).toString());
  show(`${name}, ${run.advisories ?? 0} rows`, run);
  return run;
}

try {
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'tools/bench/feed-import-run.ts')],
    outfile: script,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['lmdb', 'undici'],
    supported: { 'dynamic-import': false },
    plugins: [threadPrograms],
    tsconfig: join(root, 'tsconfig.base.json'),
    logLevel: 'warning',
  });
  console.log(`${''.padEnd(40)}${columns.map((column) => column.padStart(13)).join('')}`);
  const [first = '1000000', ...rest] = process.argv.slice(2);
  if (/^\d+$/.test(first)) {
    const store = join(folder, 'store');
    measure('first import', ['synthetic', store, first, '0']);
    measure('the same again', ['synthetic', store, first, '0']);
    measure('one in a hundred changed', ['synthetic', store, first, '1']);
  } else {
    for (let at = 0; at < rest.length || at === 0; at += 2) {
      const [feed, directory] = [first, ...rest].slice(at, at + 2);
      const store = join(folder, `store-${at}`);
      measure(feed, [feed, store, directory]);
      measure(`${feed} again`, [feed, store, directory]);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
