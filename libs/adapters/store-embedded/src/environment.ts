import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

import { ClarionError, storageFailure, type ErrorCode } from '@clarion/model';
import type { OpenUpdates } from '@clarion/store-rules';
import type * as lmdb from 'lmdb';

import { formatKey } from './keys';
import type { OpenUpdate } from './open-update';

/** An open LMDB file with what every part of the store needs to use it safely. */
export interface StoreEnvironment {
  readonly directory: string;
  readonly file: string;
  readonly db: lmdb.RootDatabase<unknown, string>;
  readonly lmdb: typeof lmdb;
  readonly readOnly: boolean;
  /** Keep the index from vulnerabilities to packages. */
  readonly mentions: boolean;
  /** Builds that index elsewhere; undefined: here. */
  readonly buildMentions?: (() => Promise<void>) | undefined;
  /** Bytes that the file must not outgrow; undefined for no limit. */
  readonly mapSizeLimit: number | undefined;
  /** Bytes that results may take (`ResultStore`). */
  readonly resultBytes: number;
  readonly now: () => Date;
  /** The format that the store was opened with, once it is known. */
  format?: number;
  /** Updates that are neither committed nor aborted; closing the store aborts them. */
  readonly openUpdates: OpenUpdates<OpenUpdate>;
}

/** MDB_NOMETASYNC of lmdb.h: data is flushed, but not the meta page. The binding has no constant for it. */
const noMetaSync = 0x40000;

/** The declared parameter type is one single flag. */
interface SyncTransactions {
  transactionSync<T>(action: () => T, flags: number): T;
}

/**
 * Runs `action` in one write transaction, which is atomic. A durable one is on disk on return; of the others a power
 * failure may lose the last ones, but never the store, and all of them can be computed again. Deliberately synchronous:
 * with a lock that is kept across event turns, two stores in one process could wait for each other. `action` may run
 * again from the start: its side effects outside the transaction must allow that.
 */
export function write<T>(env: StoreEnvironment, action: () => T, options: { readonly durable?: boolean } = {}): T {
  requireWritable(env);
  checkSize(env, 0);
  const { ABORTABLE, SYNCHRONOUS_COMMIT } = env.lmdb.TransactionFlags;
  const db: SyncTransactions = env.db;
  const flags = ABORTABLE | SYNCHRONOUS_COMMIT | (options.durable === true ? 0 : noMetaSync);
  const guarded = (): T => {
    requireFormat(env);
    return action();
  };
  for (let left = maxRetries; ; left -= 1) {
    try {
      return db.transactionSync(guarded, flags);
    } catch (error) {
      if (left === 0 || !isRefusedCommit(error)) throw explain(env, error);
    }
  }
}

/**
 * lmdb 3.5.6 occasionally treats a list of free pages that it did not have to write as damaged, and aborts a valid
 * commit. It then drops the list from memory, so that the same transaction succeeds.
 */
const maxRetries = 3;
const badTransaction = -30_782;

function isRefusedCommit(error: unknown): boolean {
  return systemCode(error) === badTransaction;
}

/** A newer Clarion may migrate the store while this process has it open: nothing of the old form must be written then. */
function requireFormat({ db, directory, format }: StoreEnvironment): void {
  if (format === undefined || db.get(formatKey) === format) return;
  throw new ClarionError('unsupported', `the store in ${directory} was taken over by a newer Clarion`, {
    remedy: 'end this process and start it again with that one',
  });
}

/** Throws `unsupported` when the store is open for reading only. */
export function requireWritable(env: Pick<StoreEnvironment, 'readOnly' | 'directory'>): void {
  if (!env.readOnly) return;
  throw new ClarionError('unsupported', `the store in ${env.directory} is open for reading only`, {
    remedy: 'use a data directory that this user may write (--db or CLARION_DB)',
  });
}

/** Runs `action` with one snapshot of the facts, so that a concurrent update is seen completely or not at all. */
export function read<T>(env: StoreEnvironment, action: (snapshot: lmdb.Transaction) => T): T {
  let snapshot;
  try {
    // LMDB's binding shares one snapshot for a whole event turn; a caller needs the current state.
    env.db.resetReadTxn();
    snapshot = env.db.useReadTransaction();
    return action(snapshot);
  } catch (error) {
    throw explain(env, error);
  } finally {
    snapshot?.done();
  }
}

/** Smaller values would not become smaller; the binding's own compression cannot be loaded twice in one process. */
const packFrom = 400;

/** A value in the stored format, compressed if it is large. It can be decoded without any other data. */
export function encode(env: StoreEnvironment, value: unknown): Buffer {
  const plain = encodePlain(env, value);
  const { encoder } = env.db as unknown as Encoding;
  return plain.length < packFrom ? plain : encoder.encode(deflateRawSync(plain, { level: 1 }));
}

/** A value in the stored format, whatever its size. */
export function encodePlain(env: StoreEnvironment, value: unknown): Buffer {
  return (env.db as unknown as Encoding).encoder.encode(value);
}

/** The value of a record that `encode` may have packed: no record of the store is bytes otherwise. */
export function unpack(env: StoreEnvironment, stored: unknown): unknown {
  const { encoder } = env.db as unknown as Encoding;
  return stored instanceof Uint8Array ? encoder.decode(inflateRawSync(stored)) : stored;
}

/** What bytes of the store hold, before `unpack`. */
export function decode(env: StoreEnvironment, bytes: Uint8Array): unknown {
  return (env.db as unknown as Encoding).encoder.decode(bytes);
}

/** LMDB's binding has the encoder of a database, but not in its types. */
interface Encoding {
  readonly encoder: { encode(value: unknown): Buffer; decode(bytes: Uint8Array): unknown };
}

/**
 * Turns a synchronous action into a promise; a throw becomes its rejection. Promises that never wait would let a caller
 * with many reads block the event loop, so after some time an answer arrives in a later event turn.
 */
export function settle<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => {
    const result = action();
    if (millisOfTurn() < longestTurn) resolve(result);
    else
      setImmediate(() => {
        resolve(result);
      });
  });
}

/** Milliseconds of consecutive store calls before other work of the process gets a turn. */
const longestTurn = 2;
let turnBegan: number | undefined;

/** Milliseconds since the first call of a store in this event turn. */
function millisOfTurn(): number {
  const now = performance.now();
  if (turnBegan === undefined) {
    turnBegan = now;
    setImmediate(() => {
      turnBegan = undefined;
    });
  }
  return now - turnBegan;
}

/** Rejects a write if the file with `more` bytes would exceed the limit. */
export function checkSize(env: StoreEnvironment, more: number): void {
  if (env.mapSizeLimit === undefined) return;
  const size = statSync(env.file).size + more;
  if (size <= env.mapSizeLimit) return;
  throw new ClarionError(
    'limit-exceeded',
    `the store in ${env.directory} would grow beyond ${env.mapSizeLimit} bytes`,
    {
      remedy: 'raise the limit or run `clarion db prune`',
    },
  );
}

interface Explanation {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly what: string;
  readonly remedy: string;
}

const explanations: readonly Explanation[] = [
  {
    pattern: /EACCES|EPERM|Permission denied|not permitted/i,
    code: 'invalid-input',
    what: 'no permission to use',
    remedy: 'choose a data directory that this user may write (--db or CLARION_DB)',
  },
  {
    pattern: /ENOENT|ENOTDIR|EEXIST|No such file|Not a directory/i,
    code: 'invalid-input',
    what: 'not a usable directory for',
    remedy: 'choose another data directory (--db or CLARION_DB)',
  },
  {
    pattern: /MDB_READERS_FULL/,
    code: 'limit-exceeded',
    what: 'too many processes use',
    remedy: 'wait until some of them have ended',
  },
  {
    pattern: /Cannot find module|dlopen|NODE_MODULE_VERSION|No native build/,
    code: 'unsupported',
    what: 'the module lmdb is missing, or built for another platform or version of Node; it opens',
    remedy: 'install the dependencies of Clarion on this machine (npm ci)',
  },
  {
    pattern: /database has been closed|closed database|Database is closed|environment is already closed/i,
    code: 'invalid-input',
    what: 'already closed:',
    remedy: 'open the store again',
  },
];

/** How to continue without the contents of a store, and what that costs. */
export const movedAway =
  'To go on without it, move facts.mdb away and leave the other files (keys, tokens) where they are: facts of images and feeds ' +
  'are made again, but endpoints, own vulnerabilities and notifications stay behind with it';

/**
 * A damaged store. Its images and feeds can be loaded again, but user data cannot, so the remedy never suggests
 * deleting it. Keys and tokens are files next to it.
 */
export function damaged(message: string, cause?: unknown): ClarionError {
  return new ClarionError('corrupt-data', message, { remedy: `restore facts.mdb from a copy. ${movedAway}`, cause });
}

/** The code of a system error (`ENOENT`). */
export function systemCode(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** An error of LMDB or the file system as a message with the store's path and a remedy. */
export function explain(env: Pick<StoreEnvironment, 'directory'>, error: unknown): ClarionError {
  if (error instanceof ClarionError) return error;
  const full = storageFailure(error, env.directory);
  if (full !== undefined) return full;
  const text = error instanceof Error ? error.message : String(error);
  const found = explanations.find(({ pattern }) => pattern.test(text));
  if (found !== undefined) {
    const { code, what, remedy } = found;
    return new ClarionError(code, `${what} the store in ${env.directory}`, { remedy, cause: error });
  }
  return damaged(`the store in ${env.directory} cannot be used: ${text}`, error);
}
