import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import type { DigestAlgorithm } from '../digests';
import type { FileRegion } from '../file-region';
import { stampOf } from '../file-stamp';
import type { JobMessage } from '../worker-thread';

/** Requests to the hashing thread, for one job. */
export type HashRequest =
  | { readonly kind: 'open'; readonly algorithm: DigestAlgorithm }
  /** The first `bytes` of the buffer, which is returned. */
  | { readonly kind: 'update'; readonly buffer: ArrayBuffer; readonly bytes: number }
  | { readonly kind: 'digest' }
  | RegionRequest
  | { readonly kind: 'drop' };

/** The digest of a part of a file, which the thread reads itself. */
type RegionRequest = FileRegion & { readonly kind: 'region'; readonly algorithm: DigestAlgorithm };

/** Replies of the hashing thread; one member besides `id`. */
export interface HashReply extends JobMessage {
  /** A buffer that was hashed and may be filled again. */
  readonly buffer?: ArrayBuffer;
  /** Hexadecimal; the job is over. */
  readonly digest?: string;
  /** The job is over. */
  readonly error?: string;
}

const blockBytes = 128 * 1024;
const blocksAtOnce = 32;

/**
 * The work of the hashing thread: one hash per job, by its id. A region of a file is read in blocks that stay in the
 * processor's cache, and other jobs run in between. (Asynchronous reading ahead needs a third thread, which two
 * processors do not have.)
 */
export function serveHashes(port: Pick<MessagePort, 'on' | 'postMessage'>): void {
  const jobs = new Map<number, Hash>();
  const block = Buffer.allocUnsafeSlow(blockBytes);
  const startRegion = (id: number, request: RegionRequest): void => {
    const region = new RegionHash(request, block);
    jobs.set(id, region.hash);
    const next = (): void => {
      const result = jobs.has(id) ? region.advance() : {};
      if (result === undefined) {
        setImmediate(next);
        return;
      }
      region.close();
      if (jobs.delete(id)) port.postMessage({ id, ...result });
    };
    next();
  };
  port.on('message', ({ id, ...request }: HashRequest & JobMessage) => {
    switch (request.kind) {
      case 'open':
        jobs.set(id, createHash(request.algorithm));
        return;
      case 'update':
        jobs.get(id)?.update(new Uint8Array(request.buffer, 0, request.bytes));
        port.postMessage({ id, buffer: request.buffer }, [request.buffer]);
        return;
      case 'digest':
        port.postMessage({ id, digest: jobs.get(id)?.digest('hex') });
        jobs.delete(id);
        return;
      case 'region':
        try {
          startRegion(id, request);
        } catch (error) {
          port.postMessage({ id, error: messageOf(error) });
        }
        return;
      case 'drop':
        jobs.delete(id);
    }
  });
}

type HashResult = Pick<HashReply, 'digest' | 'error'>;

/**
 * A region of a file that is hashed block by block. Opening throws when the file does not exist, or was replaced or
 * changed.
 */
class RegionHash {
  readonly hash: Hash;
  private readonly file: number;
  private readonly region: FileRegion;
  private readonly block: Uint8Array;
  private at = 0;

  constructor(request: RegionRequest, block: Uint8Array) {
    this.hash = createHash(request.algorithm);
    this.region = request;
    this.block = block;
    this.file = openSync(request.path, 'r');
    if (request.stamp === undefined || request.stamp === stampOf(fstatSync(this.file, { bigint: true }))) return;
    this.close();
    throw new Error('the file is another one');
  }

  /** Hashes some more blocks; returns the outcome when it has ended. */
  advance(): HashResult | undefined {
    try {
      const { offset, length } = this.region;
      for (let blocks = 0; blocks < blocksAtOnce && this.at < length; blocks += 1) {
        const readSize = Math.min(this.block.length, length - this.at);
        const bytes = readSync(this.file, this.block, 0, readSize, offset + this.at);
        if (bytes === 0) return { error: 'the file ended early' };
        this.at += bytes;
        this.hash.update(this.block.subarray(0, bytes));
      }
      return this.at >= length ? { digest: this.hash.digest('hex') } : undefined;
    } catch (error) {
      return { error: messageOf(error) };
    }
  }

  close(): void {
    closeSync(this.file);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
