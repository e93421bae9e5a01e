import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { ClarionError, type Log } from '@clarion/model';
import { makeDirectories } from '../make-directories';

const lockName = 'serve.lock';
/** How long a listening process may take to send its id. */
const answerMillis = 2000;

/** Releases the lock on the directory. */
export type ReleaseLock = () => Promise<void>;

/**
 * Makes this process the only one that serves from a data directory: two would both update feeds and send
 * notifications. The lock is a socket there on which it listens, which ends with the process in any case. Throws
 * `invalid-input` where another one serves; on a file system without sockets, it warns and does not lock.
 */
export async function becomeOnlyServer(directory: string, log: Pick<Log, 'warn'>): Promise<ReleaseLock> {
  makeDirectories(directory, 0o777);
  const { path, close } = lockPath(directory);
  try {
    const server = await lock(path, directory);
    return async () => {
      await new Promise((resolve) => server.close(resolve));
      close();
    };
  } catch (error) {
    close();
    if (error instanceof ClarionError) throw error;
    log.warn('It cannot be determined whether another process serves from the data directory', { directory, error });
    return () => Promise.resolve();
  }
}

/**
 * Socket addresses have 107 bytes at most: a directory with a longer name is reached through an open file descriptor.
 */
function lockPath(directory: string): { readonly path: string; readonly close: () => void } {
  const path = join(directory, lockName);
  if (process.platform !== 'linux') return { path, close: () => undefined };
  const handle = openSync(directory, 'r');
  return {
    path: `/proc/self/fd/${handle}/${lockName}`,
    close: () => {
      closeSync(handle);
    },
  };
}

async function lock(path: string, directory: string): Promise<Server> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const server = await listen(path);
    if (server !== undefined) return server;
    const owner = (await ownerOf(path)) ?? (await ownerOfLeftSocket(path));
    if (owner !== undefined) throw inUse(directory, owner);
  }
  throw inUse(directory, '');
}

function inUse(directory: string, owner: string): ClarionError {
  const who = owner === '' ? '' : ` (process ${owner})`;
  return new ClarionError('invalid-input', `Another clarion serve${who} has the data directory ${directory}`, {
    remedy: 'end that one, or give this one a directory of its own (--db)',
  });
}

/** Undefined when such a socket already exists. */
function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((asking) => {
      asking.on('error', () => undefined);
      asking.end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => {
      server.unref();
      resolve(server);
    });
  });
}

/** The id of the process that listens there, empty when it sends none; undefined when no process listens. */
function ownerOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(path);
    socket.setTimeout(answerMillis, () => socket.destroy());
    socket.on('data', (bytes) => {
      answer = `${answer}${bytes.toString('latin1')}`.replace(/\D/g, '').slice(0, 20);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(undefined);
    });
    socket.on('close', () => {
      resolve(answer);
    });
  });
}

/**
 * Removes the socket of a process that was killed. Another starting process may already have done so and now listen
 * there: then its socket is put back, and that process is the running server.
 */
async function ownerOfLeftSocket(path: string): Promise<string | undefined> {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return undefined;
  }
  const owner = await ownerOf(aside);
  if (owner === undefined) rmSync(aside, { force: true });
  else renameSync(aside, path);
  return owner;
}
