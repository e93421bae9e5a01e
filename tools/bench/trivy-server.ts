import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running `trivy server`. */
export interface TrivyServer {
  /** Scans an image of a registry without TLS as `trivy image --server`; `client` is the cache directory of the client. */
  scan(reference: string, client: string): Promise<void>;
  stop(): Promise<void>;
}

/** Whether `trivy` is on PATH. */
export function hasTrivy(): boolean {
  return spawnSync('trivy', ['--version']).status === 0;
}

/**
 * Starts `trivy server` without a network: its database of vulnerabilities is empty, so that finding none costs it
 * nothing.
 */
export async function startTrivyServer(directory: string): Promise<TrivyServer> {
  const cache = join(directory, 'server');
  mkdirSync(join(cache, 'db'), { recursive: true });
  writeFileSync(join(cache, 'db', 'trivy.db'), emptyDatabase());
  const later = '2099-01-01T00:00:00Z';
  const metadata = { Version: 2, NextUpdate: later, UpdatedAt: later, DownloadedAt: later };
  writeFileSync(join(cache, 'db', 'metadata.json'), JSON.stringify(metadata));
  const address = `127.0.0.1:${await freePort()}`;
  const quiet = ['--skip-db-update', '--quiet', '--cache-dir', cache];
  const server = spawn('trivy', ['server', '--listen', address, ...quiet], { stdio: 'ignore' });
  await untilHealthy(address, server);
  return {
    async scan(reference, client) {
      const offline = [
        '--offline-scan',
        '--skip-java-db-update',
        '--quiet',
        '--scanners',
        'vuln',
        '--cache-dir',
        client,
      ];
      const output = ['--format', 'json', '--output', join(directory, `${reference.replaceAll(/\W/g, '-')}.json`)];
      const args = ['image', '--server', `http://${address}`, '--insecure', '--image-src', 'remote', ...offline];
      const child = spawn('trivy', [...args, ...output, reference], { stdio: ['ignore', 'ignore', 'pipe'] });
      let errors = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
      const code = await exitOf(child);
      if (code !== 0) throw new Error(`trivy ended with ${code}: ${errors}`);
    },
    async stop() {
      server.kill('SIGTERM');
      await exitOf(server);
    },
  };
}

function exitOf(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? -1);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? -1);
    });
  });
}

async function untilHealthy(address: string, server: ChildProcess): Promise<void> {
  for (let left = 100; left > 0; left -= 1) {
    const response = await fetch(`http://${address}/healthz`).catch(() => undefined);
    if (response?.ok === true) return;
    if (server.exitCode !== null) break;
    await sleep(100);
  }
  server.kill('SIGKILL');
  throw new Error('trivy server did not start');
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

const pageSize = 4096;

/** An empty database of bbolt (go.etcd.io/bbolt, db.go and page.go): two meta pages, a free list, and a leaf. */
function emptyDatabase(): Buffer {
  const file = Buffer.alloc(4 * pageSize);
  const [branchless, metaPage, freeList] = [0x02, 0x04, 0x10];
  for (const [page, flags] of [metaPage, metaPage, freeList, branchless].entries()) {
    file.writeBigUInt64LE(BigInt(page), page * pageSize);
    file.writeUInt16LE(flags, page * pageSize + 8);
  }
  for (const transaction of [0, 1]) {
    const meta = file.subarray(transaction * pageSize + 16);
    for (const [index, value] of [0xed0cdaed, 2, pageSize, 0].entries()) meta.writeUInt32LE(value, 4 * index);
    // Page of the root bucket, its sequence, page of the free list, number of pages, transaction.
    for (const [index, value] of [3, 0, 2, 4, transaction].entries()) {
      meta.writeBigUInt64LE(BigInt(value), 16 + 8 * index);
    }
    meta.writeBigUInt64LE(fnv1a(meta.subarray(0, 56)), 56);
  }
  return file;
}

function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}
