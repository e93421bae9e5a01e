import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { DigestAlgorithm } from '../digests';
import type { FileRegion } from '../file-region';
import { stampOf } from '../file-stamp';

/** The outcome of a hash: hexadecimal, or why there is none. */
export type HashResult = { readonly digest: string } | { readonly error: string };

/** Blocks stay in the processor's cache. */
const block = Buffer.allocUnsafeSlow(128 * 1024);
const blocksAtOnce = 32;

/**
 * A region of a file that is hashed block by block. Opening throws when the file does not exist, or was replaced or
 * changed.
 */
export class RegionHash {
  /** Of the file when it was opened. */
  readonly stamp: string;
  private readonly hash: Hash;
  private readonly file: number;
  private readonly region: FileRegion;
  private at = 0;

  constructor(region: FileRegion, algorithm: DigestAlgorithm) {
    this.hash = createHash(algorithm);
    this.region = region;
    this.file = openSync(region.path, 'r');
    this.stamp = stampOf(fstatSync(this.file, { bigint: true }));
    if (region.stamp === undefined || region.stamp === this.stamp) return;
    this.close();
    throw new Error('the file is another one');
  }

  /** Hashes some more blocks; returns the outcome when it has ended. */
  advance(): HashResult | undefined {
    try {
      const { offset, length } = this.region;
      for (let blocks = 0; blocks < blocksAtOnce && this.at < length; blocks += 1) {
        const readSize = Math.min(block.length, length - this.at);
        const bytes = readSync(this.file, block, 0, readSize, offset + this.at);
        if (bytes === 0) return { error: 'the file ended early' };
        this.at += bytes;
        this.hash.update(block.subarray(0, bytes));
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

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
