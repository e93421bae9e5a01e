import type { DigestAlgorithm } from '../digests';
import type { FileRegion } from '../file-region';
import { type ThreadJob, WorkerThread } from '../worker-thread';
import type { HashReply, HashRequest } from './hash-jobs';
import { program } from './hash.thread';

/** One hash that is computed in the thread. */
export interface HashJob {
  /**
   * Transfers the first `bytes` of a buffer. The buffer returns through `onBuffer`, or another one when the thread
   * failed: a caller that waits for buffers continues, and gets the error when it requests the digest.
   */
  update(buffer: ArrayBuffer, bytes: number): void;
  /** Hexadecimal. Rejects when the thread failed. */
  digest(): Promise<string>;
  drop(): void;
}

/** One thread serves all layers. */
const thread = new WorkerThread<HashRequest, HashReply>(program, 'The hashing thread');

/** Starts the thread before its first use, and with the image at `path`: digests of it are probably asked for soon. */
export function startHashing(path?: string): void {
  thread.start();
  if (path === undefined) return;
  const job = thread.open({ onMessage: () => undefined, onFailure: () => undefined });
  job.post({ kind: 'ahead', path });
  job.end();
}

interface Opened {
  readonly job: ThreadJob<HashRequest>;
  readonly result: Promise<string>;
}

interface Listener {
  readonly onBuffer: (buffer: ArrayBuffer) => void;
  readonly onFailure: () => void;
}

function open({ onBuffer, onFailure }: Listener): Opened {
  let settle: { resolve: (hex: string) => void; reject: (error: Error) => void };
  const result = new Promise<string>((resolve, reject) => {
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
  // The caller may have given up before the thread failed.
  result
    .catch(() => undefined)
    .finally(() => {
      job.end();
    });
  return { job, result };
}

function drop({ job }: Opened): void {
  job.post({ kind: 'drop' });
  job.end();
}

/** Starts a hash over buffers. */
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
  const { job, result } = opened;
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
      return result;
    },
    drop() {
      drop(opened);
    },
  };
}

/** Starts the hash of a part of a file, which the thread reads itself. */
export function hashRegionInThread(region: FileRegion, algorithm: DigestAlgorithm): Pick<HashJob, 'digest' | 'drop'> {
  const opened = open({ onBuffer: () => undefined, onFailure: () => undefined });
  const { path, offset, length, stamp } = region;
  opened.job.post({ kind: 'region', path, offset, length, algorithm, ...(stamp !== undefined && { stamp }) });
  return {
    digest: () => opened.result,
    drop() {
      drop(opened);
    },
  };
}
