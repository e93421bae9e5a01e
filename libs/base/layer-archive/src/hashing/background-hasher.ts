import { createHash } from 'node:crypto';
import { ClarionError, type Digest } from '@clarion/model';
import type { DigestAlgorithm } from '../digests';
import { type FileRegion, readRegion } from '../file-region';
import { type HashJob, hashRegionInThread, openHashJob } from './hash-worker';

/** Batch size for the thread; a smaller total is hashed here, because a thread costs more than that. */
const batchBytes = 1024 * 1024;

/** Buffers in transit to the thread and back; more would only use more memory. */
const maxBuffers = 4;

/** A digest that is computed in parallel with the work that feeds it. */
export interface BackgroundHasher {
  /** Takes a copy of the chunk. Await the returned promise, if any, before the next call: the thread is behind. */
  update(chunk: Uint8Array): Promise<void> | undefined;
  /** Takes the buffer that `chunk` begins, and returns it after reading. Do not mix with `update`. */
  hand(chunk: Uint8Array, release: (buffer: ArrayBuffer) => void): void;
  digest(): Promise<Digest>;
  /** Ends the work when the digest is not needed any more. */
  drop(): void;
}

/** The same on this thread, as the chunks come: for little data. */
export function directHasher(algorithm: DigestAlgorithm): BackgroundHasher {
  const hash = createHash(algorithm);
  const update = (chunk: Uint8Array): undefined => {
    hash.update(chunk);
  };
  return {
    update,
    hand: (chunk, release) => {
      update(chunk);
      release(chunk.buffer as ArrayBuffer);
    },
    digest: () => Promise.resolve(`${algorithm}:${hash.digest('hex')}`),
    drop: () => undefined,
  };
}

function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm): Promise<Digest> {
  const hasher = directHasher(algorithm);
  void hasher.update(bytes);
  return hasher.digest();
}

/**
 * Buffers of hashers that have ended. With new ones for each layer, V8 would collect all garbage of the process for the
 * memory that is outside of its heap.
 */
const spareBatches: ArrayBuffer[] = [];
const mostSpares = 4;

function newBatch(): ArrayBuffer {
  return spareBatches.pop() ?? new ArrayBuffer(batchBytes);
}

function spare(batch: ArrayBuffer): void {
  // One that was handed to the thread and did not return is empty.
  if (batch.byteLength === batchBytes && spareBatches.length < mostSpares) spareBatches.push(batch);
}

/** A hasher for a stream of chunks. Little data is hashed here, more in a thread, with bounded memory. */
export function backgroundHasher(algorithm: DigestAlgorithm): BackgroundHasher {
  const free: ArrayBuffer[] = [];
  let [buffers, filled] = [1, 0];
  let batch = new Uint8Array(newBatch());
  let job: HashJob | undefined;
  let wake: (() => void) | undefined;
  let release: ((buffer: ArrayBuffer) => void) | undefined;

  function takeBack(buffer: ArrayBuffer): void {
    if (release !== undefined) release(buffer);
    else {
      free.push(buffer);
      wake?.();
    }
  }
  function send(): void {
    job ??= openHashJob(algorithm, takeBack);
    job.update(batch.buffer, filled);
    filled = 0;
  }
  /** Makes room for the next chunk; false while the thread has all buffers. */
  function nextBatch(): boolean {
    const back = free.pop();
    if (back === undefined && buffers === maxBuffers) return false;
    if (back === undefined) buffers += 1;
    batch = new Uint8Array(back ?? newBatch());
    return true;
  }
  async function waitForBatch(rest: Uint8Array): Promise<void> {
    while (!nextBatch()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      wake = undefined;
    }
    const pending = take(rest);
    if (pending !== undefined) await pending;
  }
  function take(chunk: Uint8Array): Promise<void> | undefined {
    let rest = chunk;
    while (rest.length > 0) {
      const count = Math.min(rest.length, batchBytes - filled);
      batch.set(rest.subarray(0, count), filled);
      filled += count;
      rest = rest.subarray(count);
      if (filled < batchBytes) return undefined;
      send();
      if (!nextBatch()) return waitForBatch(rest);
    }
    return undefined;
  }
  return {
    update: take,
    hand(chunk, back) {
      release = back;
      job ??= openHashJob(algorithm, takeBack);
      job.update(chunk.buffer as ArrayBuffer, chunk.length);
    },
    async digest() {
      try {
        if (job === undefined) return await digestOf(batch.subarray(0, filled), algorithm);
        if (filled > 0) send();
        return `${algorithm}:${await job.digest()}`;
      } finally {
        [batch.buffer, ...free.splice(0)].forEach(spare);
      }
    },
    drop() {
      job?.drop();
    },
  };
}

/** The same for a part of a file, which the thread reads itself. */
export function regionHasher(region: FileRegion, algorithm: DigestAlgorithm): BackgroundHasher {
  const update = (): undefined => undefined;
  const fed = { update, hand: update };
  if (region.length <= batchBytes) return { ...fed, digest: () => hashRegionHere(region, algorithm), drop: update };
  const job = hashRegionInThread(region, algorithm);
  return {
    ...fed,
    async digest() {
      const hex = await job.digest().catch((cause: unknown) => {
        throw new ClarionError('corrupt-data', `${region.path} cannot be read to its end`, { cause });
      });
      return `${algorithm}:${hex}`;
    },
    drop() {
      job.drop();
    },
  };
}

async function hashRegionHere(region: FileRegion, algorithm: DigestAlgorithm): Promise<Digest> {
  const hash = createHash(algorithm);
  for await (const chunk of readRegion(region, region.path)) hash.update(chunk);
  return `${algorithm}:${hash.digest('hex')}`;
}
