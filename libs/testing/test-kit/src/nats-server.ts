import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A NATS server with JetStream, and an exclusive prefix for subjects and streams. */
export interface NatsServer {
  readonly url: string;
  readonly prefix: string;
  /** Whether this is a process of our own, which can be killed and started again. */
  readonly own: boolean;
  /** Kills it (SIGKILL); confirmed data is on disk. */
  kill(): Promise<void>;
  /** Starts it again, with the same port and data. */
  start(): Promise<void>;
  /** Replaces the configuration lines of `NatsServerOptions`; it reads them at once (SIGHUP) and at each start. */
  reconfigure(configuration: string): void;
  /** Sends a signal, such as SIGUSR2 for lame duck mode. */
  signal(signal: NodeJS.Signals): void;
  /** Stops it permanently and deletes its data. */
  stop(): Promise<void>;
}

export interface NatsServerOptions {
  /** Lines of the server's configuration in addition to those for the port and JetStream. */
  readonly configuration?: string;
}

const setup = path.resolve(__dirname, '../../../../tools/setup/nats-server.mjs');
let binary: string | undefined;

/**
 * Whether specs can use a NATS server: `NATS_URL`, or a binary that the set-up finds or builds. Without either, a line
 * shows what is missing and specs are skipped; in CI that is an error.
 */
export function canStartNatsServer(): boolean {
  if (process.env['NATS_URL'] !== undefined || binary !== undefined) return true;
  const done = spawnSync(process.execPath, [setup], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (done.status === 0) binary = done.stdout.trim();
  else if (isContinuousIntegration()) throw new Error(done.stderr.trim());
  else process.stderr.write(`${done.stderr.trim()}: specs with NATS are skipped\n`);
  return done.status === 0;
}

/**
 * The binary of a server, for tests that need their own processes regardless of `NATS_URL`; undefined if it cannot be
 * built.
 */
export function natsServerBinary(): string | undefined {
  if (binary === undefined) {
    const done = spawnSync(process.execPath, [setup], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    if (done.status === 0) binary = done.stdout.trim();
  }
  return binary;
}

function isContinuousIntegration(): boolean {
  return !['', 'false', '0'].includes(process.env['CI'] ?? '');
}

/** Starts a server on a free port of the loopback address, or uses the one of `NATS_URL`. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const prefix = `test-${randomBytes(6).toString('hex')}`;
  const given = process.env['NATS_URL'];
  if (given !== undefined && options.configuration === undefined) return givenServer(given, prefix);
  if (!canStartNatsServer() || binary === undefined) throw new Error('There is no NATS server');
  return await ownServer(binary, prefix, options);
}

function givenServer(url: string, prefix: string): NatsServer {
  const refuse = (): never => {
    throw new Error('The server of NATS_URL is not ours to stop');
  };
  return {
    url,
    prefix,
    own: false,
    kill: refuse,
    start: refuse,
    reconfigure: refuse,
    signal: refuse,
    stop: () => Promise.resolve(),
  };
}

async function ownServer(server: string, prefix: string, options: NatsServerOptions): Promise<NatsServer> {
  const directory = natsDirectory();
  const port = await freePort();
  const configuration = path.join(directory, 'nats.conf');
  const configure = (lines: string): void => {
    // Synced at once: confirmed messages survive even a crash of the machine.
    const jetstream = `jetstream { store_dir: "${directory}/data", sync_interval: always }`;
    writeFileSync(configuration, `listen: "127.0.0.1:${port}"\n${jetstream}\n${lines}\n`);
  };
  configure(options.configuration ?? '');
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(server, ['-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
    await isReady(child);
  };
  const kill = async (): Promise<void> => {
    const running = child;
    if (running?.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  };
  const endWithTests = (): void => void child?.kill('SIGKILL');
  process.once('exit', endWithTests);
  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    prefix,
    own: true,
    kill,
    start,
    reconfigure: (lines) => {
      configure(lines);
      child?.kill('SIGHUP');
    },
    signal: (signal) => child?.kill(signal),
    stop: async () => {
      await kill();
      process.off('exit', endWithTests);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Resolves when the server reports that it is ready; rejects with its output if it exits instead. */
export function isReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      log = `${log}${chunk.toString()}`.slice(-10_000);
      if (log.includes('Server is ready')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`nats-server ended: ${log}`));
    });
  });
}

const memory = '/dev/shm';

/**
 * A new folder for the data of a server. It syncs every message: in memory, where there is enough of it, that costs
 * nothing, and the data survive the process there as well.
 */
export function natsDirectory(): string {
  return mkdtempSync(path.join(freeBytes(memory) > 2 * 1024 ** 3 ? memory : tmpdir(), 'clarion-nats-'));
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => {
        resolve(port);
      });
    });
  });
}
