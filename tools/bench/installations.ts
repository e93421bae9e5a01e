import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  apiClient,
  type ApiClient,
  serviceNames,
  startServiceInstallation,
  startServiceProcess,
} from '@clarion/test-kit';

/** An installation under measurement. */
export interface Installation {
  readonly name: string;
  readonly api: ApiClient;
  /** Tokens of callers: each has a separate rate limit. */
  readonly callers: readonly string[];
  /** Process ids by the name of the service. */
  readonly processes: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Includes the database of its facts, for code that fills it. */
export interface SixServices extends Installation {
  readonly mongo: { readonly uri: string; readonly database: string };
}

const callers = Array.from({ length: 100 }, (_, number) => `caller-${number}-of-the-benchmark`);
const [firstCaller = ''] = callers;
const tokens = callers
  .map((token, number) => `caller-${number}:administrator:${createHash('sha256').update(token).digest('hex')}`)
  .join('\n');

/** Starts `clarion serve` on the store in a directory. Feeds are not updated. */
export async function startServe(
  directory: string,
  allowedHosts: readonly string[],
  options: readonly string[] = [],
): Promise<Installation> {
  mkdirSync(directory, { recursive: true });
  const tokensFile = join(directory, 'tokens');
  writeFileSync(tokensFile, tokens);
  const listen = ['--listen', '127.0.0.1:0', '--introspection-port', '0', '--no-updates', '--log-level', 'info'];
  const process = startServiceProcess('cli', nodeOptions(), [
    'serve',
    ...['--db', directory, '--tokens-file', tokensFile],
    ...listen,
    ...(allowedHosts.length === 0 ? [] : ['--allow-host', allowedHosts.join(',')]),
    ...options,
  ]);
  await process.line('Started');
  const url = /http:\/\/[\d.]+:\d+/.exec(process.errors())?.[0] ?? '';
  return {
    name: 'clarion serve',
    api: apiClient(url, firstCaller),
    callers,
    processes: new Map([['serve', process.pid]]),
    async stop() {
      process.kill('SIGTERM');
      await process.ended;
    },
  };
}

/** Starts the six services with a separate NATS server and MongoDB server. Feeds are not updated. */
export async function startSixServices(allowedHosts: readonly string[]): Promise<SixServices> {
  const database = 'clarion_bench';
  const installation = await startServiceInstallation({
    feeds: {},
    allowedHosts,
    variables: { CLARION_MONGODB_DATABASE: database, CLARION_TOKENS: tokens, ...nodeOptions() },
    variablesOf: Object.fromEntries(
      ['layer-extractor', 'api-gateway'].map((name) => [name, nodeOptions('--max-semi-space-size=4')]),
    ),
  });
  return {
    name: 'six services',
    api: apiClient(installation.api.url, firstCaller),
    callers,
    processes: new Map(serviceNames.map((name) => [name, installation.process(name).pid])),
    mongo: { uri: installation.mongo.freshUri(), database },
    async stop() {
      await installation.stop();
    },
  };
}

/** Processes that are measured run as in containers (deploy), or with `BENCH_NODE_OPTIONS`. */
function nodeOptions(options = ''): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: process.env['BENCH_NODE_OPTIONS'] ?? options, MALLOC_ARENA_MAX: '2' };
}

/** Linux: the unit of CPU time in /proc. */
const ticksASecond = 100;

/** CPU seconds that a process and its threads have used; on a busy machine they are more meaningful than the clock. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name, which may hold anything: state is the third field, user and system time are the 14th and 15th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksASecond;
}

/** The same of all processes of an installation, exactly: the scheduler counts nanoseconds of each thread. */
export function cpuMillis({ processes }: Pick<Installation, 'processes'>): number {
  const threads = [...processes.values()].flatMap((pid) => threadsOf(pid));
  return threads.reduce((sum, task) => sum + Number(readFileSync(`${task}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e6;
}

function threadsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`);
}

/** Linux: bytes that a process has read so far, of files and of connections. */
export function bytesRead(pid: number): number {
  return Number(/^rchar: (\d+)/.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);
}

/** Most memory that a process had at once in MiB: all, and without pages of files, which the system may take back. */
export function peakMemory(pid: number): { readonly all: number; readonly anonymous: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return { all: kilobytes('VmHWM') / 1024, anonymous: kilobytes('RssAnon') / 1024 };
}

/** Resolves when the processes have done next to nothing for a while. */
export async function untilIdle({ processes }: Installation): Promise<void> {
  const used = (): number => [...processes.values()].reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  for (let quiet = 0, before = used(); quiet < 3;) {
    await sleep(400);
    const now = used();
    quiet = now - before < 0.03 * processes.size + 0.02 ? quiet + 1 : 0;
    before = now;
  }
}

/** Prints a table; the first row is the head. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    console.log(cells.join('  ').trimEnd());
  }
}
