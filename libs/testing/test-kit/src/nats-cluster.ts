import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { freePort, isReady, natsDirectory, natsServerBinary } from './nats-server';

/** One server of a cluster, which can be stopped, killed and started again. */
export interface ClusteredServer {
  readonly name: string;
  readonly url: string;
  /** Suspends (SIGSTOP) and resumes (SIGCONT) the server. */
  pause(): void;
  resume(): void;
  /** Kills it (SIGKILL); confirmed data is on disk. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Servers with JetStream that are one. */
export interface NatsCluster {
  readonly servers: readonly ClusteredServer[];
  readonly urls: readonly string[];
  /** For subjects and streams. */
  readonly prefix: string;
  /** Stops it permanently and deletes its data. */
  stop(): Promise<void>;
}

/** Whether specs can use a cluster; if not, a line reports it. */
export function canStartNatsCluster(): boolean {
  if (natsServerBinary() !== undefined) return true;
  process.stderr.write('There is no nats-server: specs with a cluster of NATS are skipped\n');
  return false;
}

/** Starts three servers on free loopback ports. They need some seconds to elect a leader. */
export async function startNatsCluster(): Promise<NatsCluster> {
  const binary = natsServerBinary();
  if (binary === undefined) throw new Error('There is no NATS server');
  const directory = natsDirectory();
  const names = ['one', 'two', 'three'];
  const clients = await Promise.all(names.map(() => freePort()));
  const routes = await Promise.all(names.map(() => freePort()));
  const children = new Map<string, ChildProcess>();
  const servers = names.map((name, number): ClusteredServer => {
    const configuration = path.join(directory, `${name}.conf`);
    writeFileSync(
      configuration,
      [
        `server_name: "${name}"`,
        `listen: "127.0.0.1:${clients[number] ?? 0}"`,
        `jetstream { store_dir: "${directory}/${name}", sync_interval: always }`,
        `cluster { name: "test", listen: "127.0.0.1:${routes[number] ?? 0}"`,
        `  routes: [${routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')}] }`,
      ].join('\n'),
    );
    const signal = (what: NodeJS.Signals): void => void children.get(name)?.kill(what);
    return {
      name,
      url: `nats://127.0.0.1:${clients[number] ?? 0}`,
      pause: () => {
        signal('SIGSTOP');
      },
      resume: () => {
        signal('SIGCONT');
      },
      async kill() {
        const running = children.get(name);
        if (running?.exitCode !== null || running.signalCode !== null) return;
        const ended = new Promise((resolve) => running.once('exit', resolve));
        running.kill('SIGKILL');
        await ended;
      },
      async start() {
        const child = spawn(binary, ['-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
        children.set(name, child);
        await isReady(child);
      },
    };
  });
  const endWithTests = (): void => {
    for (const child of children.values()) child.kill('SIGKILL');
  };
  process.once('exit', endWithTests);
  await Promise.all(servers.map((server) => server.start()));
  return {
    servers,
    urls: servers.map(({ url }) => url),
    prefix: `test-${randomBytes(6).toString('hex')}`,
    async stop() {
      await Promise.all(servers.map((server) => server.kill()));
      process.off('exit', endWithTests);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
