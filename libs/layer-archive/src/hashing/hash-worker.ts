import { Worker } from 'node:worker_threads';
import type { DigestAlgorithm } from '../digests';
import type { FileRegion } from '../file-region';

/**
 * The thread's program, as text: each app is bundled to one file, so there is no second file to start it from. It keeps
 * one hash a job. A region of a file is read by the thread itself, in blocks that stay in the processor's cache, and now
 * and then it lets other jobs go on. (Reading ahead asynchronously takes a third thread, which two processors do not have.)
 */
const program = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, readSync, closeSync } = require('node:fs');
const jobs = new Map();
const block = Buffer.allocUnsafeSlow(128 * 1024);
const blocksAtOnce = 32;
function region(id, { path, offset, length, algorithm }) {
  const hash = createHash(algorithm);
  const file = openSync(path, 'r');
  let at = 0;
  jobs.set(id, hash);
  const end = (reply) => {
    closeSync(file);
    if (jobs.delete(id)) parentPort.postMessage({ id, ...reply });
  };
  const take = () => {
    if (!jobs.has(id)) return end();
    for (let blocks = 0; blocks < blocksAtOnce && at < length; blocks += 1) {
      const bytes = readSync(file, block, 0, Math.min(block.length, length - at), offset + at);
      if (bytes === 0) return end({ error: 'the file ended early' });
      at += bytes;
      hash.update(block.subarray(0, bytes));
    }
    if (at >= length) return end({ digest: hash.digest('hex') });
    setImmediate(next);
  };
  const next = () => {
    try { take(); } catch (error) { end({ error: error.message }); }
  };
  next();
}
parentPort.on('message', ({ kind, id, ...rest }) => {
  if (kind === 'region') {
    try { region(id, rest); } catch (error) { parentPort.postMessage({ id, error: error.message }); }
  } else if (kind === 'open') jobs.set(id, createHash(rest.algorithm));
  else if (kind === 'drop') jobs.delete(id);
  else if (kind === 'digest') {
    const hash = jobs.get(id);
    jobs.delete(id);
    parentPort.postMessage({ id, digest: hash.digest('hex') });
  } else {
    jobs.get(id)?.update(new Uint8Array(rest.buffer, 0, rest.bytes));
    parentPort.postMessage({ id, buffer: rest.buffer }, [rest.buffer]);
  }
});
`;

interface Reply {
  readonly id: number;
  /** A buffer that was hashed and may be filled again. */
  readonly buffer?: ArrayBuffer;
  readonly digest?: string;
  readonly error?: string;
}

/** One hash that is computed in the thread. */
export interface HashJob {
  /** Hands over the first `bytes` of a buffer; it comes back through `onBuffer`. */
  update(buffer: ArrayBuffer, bytes: number): void;
  /** Hexadecimal. Rejects when the thread failed. */
  digest(): Promise<string>;
  drop(): void;
}

interface Waiting {
  readonly onBuffer: (buffer: ArrayBuffer) => void;
  resolve(hex: string): void;
  reject(error: Error): void;
}

interface HashThread {
  readonly worker: Worker;
  readonly waiting: Map<number, Waiting>;
}

let thread: HashThread | undefined;
let lastId = 0;

/** The thread, started at first use. It serves all layers, and never keeps the process alive by itself. */
function hashThread(): HashThread {
  if (thread !== undefined) return thread;
  const waiting = new Map<number, Waiting>();
  const worker = new Worker(program, { eval: true });
  const started = { worker, waiting };
  worker.on('message', ({ id, buffer, digest, error }: Reply) => {
    const job = waiting.get(id);
    if (buffer !== undefined) job?.onBuffer(buffer);
    else if (digest !== undefined) job?.resolve(digest);
    else job?.reject(new Error(`Hashing failed: ${error ?? 'no reason given'}`));
  });
  const fail = (error: Error): void => {
    if (thread === started) thread = undefined;
    for (const job of waiting.values()) job.reject(error);
  };
  worker.on('error', fail);
  worker.on('exit', () => {
    fail(new Error('The hashing thread ended'));
  });
  worker.unref();
  thread = started;
  return started;
}

/** Starts the thread ahead of its first use: it takes as long to start as a program takes to load. */
export function startHashing(): void {
  hashThread();
}

interface Opened {
  readonly id: number;
  readonly worker: Worker;
  readonly outcome: Promise<string>;
  readonly end: () => void;
}

function register(onBuffer: (buffer: ArrayBuffer) => void): Opened {
  const { worker, waiting } = hashThread();
  const id = ++lastId;
  // The process must live while an answer is awaited, and only then.
  if (waiting.size === 0) worker.ref();
  const end = (): void => {
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
  };
  const outcome = new Promise<string>((resolve, reject) => {
    waiting.set(id, { onBuffer, resolve, reject });
  }).finally(end);
  // Whoever asked may have given up before the thread failed.
  outcome.catch(() => undefined);
  return { id, worker, outcome, end };
}

/** Starts a hash that is fed buffers. */
export function openHashJob(algorithm: DigestAlgorithm, onBuffer: (buffer: ArrayBuffer) => void): HashJob {
  const { id, worker, outcome, end } = register(onBuffer);
  worker.postMessage({ kind: 'open', id, algorithm });
  return {
    update(buffer, bytes) {
      worker.postMessage({ kind: 'update', id, buffer, bytes }, [buffer]);
    },
    digest() {
      worker.postMessage({ kind: 'digest', id });
      return outcome;
    },
    drop() {
      worker.postMessage({ kind: 'drop', id });
      end();
    },
  };
}

/** Starts the hash of a part of a file, which the thread reads by itself. */
export function hashRegionInThread(region: FileRegion, algorithm: DigestAlgorithm): Pick<HashJob, 'digest' | 'drop'> {
  const { id, worker, outcome, end } = register(() => undefined);
  const { path, offset, length } = region;
  worker.postMessage({ kind: 'region', id, path, offset, length, algorithm });
  return {
    digest: () => outcome,
    drop() {
      worker.postMessage({ kind: 'drop', id });
      end();
    },
  };
}
