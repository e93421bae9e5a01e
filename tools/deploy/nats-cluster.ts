import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort, until } from '@clarion/test-kit';

/** A server as manifests describe it: what to run it with on this machine. */
export interface LocalServer {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

type PortKind = 'client' | 'route' | 'monitoring';
export type PortOf = (server: string, kind: PortKind) => string;

/** Free ports for each server. */
export async function portsFor(names: readonly string[]): Promise<PortOf> {
  const ports = new Map<string, string>();
  for (const name of names)
    for (const kind of ['client', 'route', 'monitoring']) ports.set(`${name} ${kind}`, String(await freePort()));
  return (name, kind) => ports.get(`${name} ${kind}`) ?? '';
}

/** Starts the servers, waits until each of them sees a cluster of all with a leader, and ends them. */
export async function becomesCluster(binary: string, servers: readonly LocalServer[], port: PortOf): Promise<void> {
  const running: ChildProcess[] = servers.map(({ args, env }) =>
    spawn(binary, args, { stdio: 'ignore', env: { ...process.env, ...env } }),
  );
  const isMember = async (name: string): Promise<boolean> => {
    const answer = await fetch(`http://127.0.0.1:${port(name, 'monitoring')}/jsz`).catch(() => undefined);
    const { meta_cluster: known } = (await answer?.json().catch(() => ({}))) as {
      readonly meta_cluster?: { readonly leader?: string; readonly cluster_size?: number };
    };
    return known?.cluster_size === servers.length && (known.leader ?? '') !== '';
  };
  try {
    for (const { name } of servers) await until(`${name} is in the cluster`, () => isMember(name), { seconds: 30 });
  } finally {
    for (const server of running) {
      if (server.exitCode !== null) continue;
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    }
  }
}
