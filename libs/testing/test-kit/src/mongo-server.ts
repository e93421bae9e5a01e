import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const setUp = path.resolve(__dirname, '../../../../tools/setup/mongo-server.mjs');

/** A server that implements MongoDB's wire protocol. */
export interface MongoServer {
  /** A connection string with an unused database: a new one for each call. */
  freshUri(): string;
  /** Kills the server's process (SIGKILL): acknowledged writes stay in its file. Own servers only. */
  kill(): Promise<void>;
  /** Starts it again on the same port and file. */
  start(): Promise<void>;
  /** Stops it and deletes its file. */
  stop(): Promise<void>;
}

/** What `startMongoServer` would use: the server in `MONGODB_URI`, its own one, or none. */
export function mongoServerKind(): 'given' | 'own' | 'none' {
  if (process.env['MONGODB_URI'] !== undefined) return 'given';
  return ['java', 'mvn'].every((command) => spawnSync(command, ['-version']).status === 0) ? 'own' : 'none';
}

/** A database for one test on a server that others use too: the name in the path of the URI is replaced. */
function uriWithFreshDatabase(uri: string): string {
  const [, start = uri, query = ''] = /^([a-z+]+:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(uri) ?? [];
  return `${start}/clarion_test_${randomUUID().replaceAll('-', '')}${query}`;
}

/**
 * Starts a server with a separate file on a free port of 127.0.0.1, or uses the one in `MONGODB_URI`. Stop it at the
 * end of the suite.
 */
export async function startMongoServer(): Promise<MongoServer> {
  const given = process.env['MONGODB_URI'];
  if (given !== undefined) {
    const refuse = () => Promise.reject(new Error('the server that MONGODB_URI names is not ours to end'));
    const nothing = () => Promise.resolve();
    return { freshUri: () => uriWithFreshDatabase(given), kill: refuse, start: refuse, stop: nothing };
  }
  const command = startCommand();
  const directory = mkdtempSync(path.join(tmpdir(), 'clarion-mongo-'));
  const file = path.join(directory, 'facts.db');
  let running = await startProcess(command, '0', file);
  return {
    freshUri: () => uriWithFreshDatabase(`mongodb://127.0.0.1:${running.port}/?directConnection=true`),
    kill: () => killProcess(running.child),
    start: async () => {
      running = await startProcess(command, running.port, file);
    },
    stop: async () => {
      await killProcess(running.child);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Runs `suite` with a server; without one, skips it and prints the reason, or fails in CI. */
export function describeWithMongoServer(name: string, suite: (server: () => MongoServer) => void): void {
  if (mongoServerKind() === 'none') {
    const why = 'needs MONGODB_URI, or java and mvn (Debian: default-jdk-headless, maven)';
    const inCi = process.env['CI'] !== undefined;
    (inCi ? it : it.skip)(`${name}: ${why}`, () => {
      throw new Error(why);
    });
    return;
  }
  describe(name, () => {
    let server: MongoServer | undefined;
    beforeAll(async () => {
      server = await startMongoServer();
    }, 600_000);
    suite(() => {
      if (server === undefined) throw new Error('only inside of a test');
      return server;
    });
    // After those of the suite, which may need it.
    afterAll(() => server?.stop());
  });
}

interface StartCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Builds the server if necessary. */
function startCommand(): StartCommand {
  const answer = JSON.parse(execFileSync(process.execPath, [setUp], { encoding: 'utf8' })) as
    StartCommand | { readonly missing: string };
  if ('missing' in answer) throw new Error(`no MongoDB server for tests: ${answer.missing}`);
  return answer;
}

async function startProcess(
  { command, args }: StartCommand,
  port: string,
  file: string,
): Promise<{ child: ChildProcess; port: string }> {
  const child = spawn(command, [...args, port, file], { stdio: ['pipe', 'pipe', 'pipe'] });
  const ready = new Promise<string>((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /^ready (\d+)$/m.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`the MongoDB server for tests ended: ${output}`));
    });
  });
  return { child, port: await ready };
}

async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
