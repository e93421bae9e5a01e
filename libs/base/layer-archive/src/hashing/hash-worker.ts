import type { DigestAlgorithm } from '../digests';
import type { FileRegion } from '../file-region';
import { type JobMessage, type ThreadJob, WorkerThread } from '../worker-thread';

/**
 * The thread's program, as text: each app is bundled to one file, so there is no second file to start it from. It keeps
 * one hash a job. A region of a file is read by the thread itself, in blocks that stay in the processor's cache, and now
 * and then it lets other jobs go on. (Reading ahead asynchronously takes a third thread, which two processors do not have.)
 */
const program = `
const { parentPort } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const { openSync, readSync, closeSync, fstatSync } = require('node:fs');
const jobs = new Map();
const block = Buffer.allocUnsafeSlow(128 * 1024);
const blocksAtOnce = 32;
function isAnother(file, stamp) {
  if (stamp === undefined) return false;
  const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(file, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ') !== stamp;
}
function region(id, { path, offset, length, algorithm, stamp }) {
  const hash = createHash(algorithm);
  const file = openSync(path, 'r');
  if (isAnother(file, stamp)) { closeSync(file); throw new Error('the file is another one'); }
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

interface Reply extends JobMessage {
  /** A buffer that was hashed and may be filled again. */
  readonly buffer?: ArrayBuffer;
  readonly digest?: string;
  readonly error?: string;
}

/** One hash that is computed in the thread. */
export interface HashJob {
  /**
   * Hands over the first `bytes` of a buffer. It comes back through `onBuffer`, or another one when the thread failed: whoever
   * waits for buffers gets on, and hears of the failure when it asks for the digest.
   */
  update(buffer: ArrayBuffer, bytes: number): void;
  /** Hexadecimal. Rejects when the thread failed. */
  digest(): Promise<string>;
  drop(): void;
}

/** One thread serves all layers. */
const thread = new WorkerThread<Reply>(program, 'The hashing thread');

/** Starts the thread ahead of its first use. */
export function startHashing(): void {
  thread.start();
}

interface Opened {
  readonly job: ThreadJob;
  readonly outcome: Promise<string>;
}

interface Listener {
  readonly onBuffer: (buffer: ArrayBuffer) => void;
  readonly onFailure: () => void;
}

function open({ onBuffer, onFailure }: Listener): Opened {
  let settle: { resolve: (hex: string) => void; reject: (error: Error) => void };
  const outcome = new Promise<string>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const job = thread.open({
    onMessage({ buffer, digest, error }) {
      if (buffer !== undefined) onBuffer(buffer);
      else if (digest !== undefined) settle.resolve(digest);
      else settle.reject(new Error(`Hashing failed: ${error ?? 'no reason given'}`));
    },
    onFailure(error) {
      settle.reject(error);
      onFailure();
    },
  });
  // Whoever asked may have given up before the thread failed.
  outcome
    .catch(() => undefined)
    .finally(() => {
      job.end();
    });
  return { job, outcome };
}

function drop({ job }: Opened): void {
  job.post({ kind: 'drop' });
  job.end();
}

/** Starts a hash that is fed buffers. */
export function openHashJob(algorithm: DigestAlgorithm, onBuffer: (buffer: ArrayBuffer) => void): HashJob {
  const handedOver: number[] = [];
  let failed = false;
  const opened = open({
    onBuffer(buffer) {
      handedOver.shift();
      onBuffer(buffer);
    },
    onFailure() {
      failed = true;
      for (const size of handedOver.splice(0)) onBuffer(new ArrayBuffer(size));
    },
  });
  const { job, outcome } = opened;
  job.post({ kind: 'open', algorithm });
  return {
    update(buffer, bytes) {
      if (failed) {
        onBuffer(buffer);
        return;
      }
      handedOver.push(buffer.byteLength);
      job.post({ kind: 'update', buffer, bytes }, [buffer]);
    },
    digest() {
      job.post({ kind: 'digest' });
      return outcome;
    },
    drop() {
      drop(opened);
    },
  };
}

/** Starts the hash of a part of a file, which the thread reads by itself. */
export function hashRegionInThread(region: FileRegion, algorithm: DigestAlgorithm): Pick<HashJob, 'digest' | 'drop'> {
  const opened = open({ onBuffer: () => undefined, onFailure: () => undefined });
  const { path, offset, length, stamp } = region;
  opened.job.post({ kind: 'region', path, offset, length, algorithm, stamp });
  return {
    digest: () => opened.outcome,
    drop() {
      drop(opened);
    },
  };
}
