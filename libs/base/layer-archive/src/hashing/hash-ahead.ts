import type { DigestAlgorithm } from '../digests';
import type { FileRegion } from '../file-region';
import { regionKey } from '../file-stamp';
import { largeParts } from './large-parts';
import { type HashResult, RegionHash } from './region-hash';

/** The algorithm of nearly all digests. */
const algorithm = 'sha256';

interface Current {
  readonly hash: RegionHash;
  readonly key: string;
  /** Those who have asked for it meanwhile. */
  readonly asking: ((result: HashResult) => void)[];
}

/**
 * Digests of the parts of an image that are probably asked for soon, computed while the program that asks is still
 * being loaded. They count only for a file in the very state that it had here.
 */
export class HashAhead {
  private parts: FileRegion[] = [];
  private current: Current | undefined;
  private readonly results = new Map<string, HashResult>();
  private readonly isBusy: () => boolean;
  private isScheduled = false;

  /** `isBusy`: whether there is work that was asked for; nothing else is done then. */
  constructor(isBusy: () => boolean) {
    this.isBusy = isBusy;
  }

  /** Begins with the image at `path`, an archive or a layout. */
  start(path: string): void {
    this.parts = [...largeParts(path)];
    this.goOn();
  }

  /** Whether the digest of a region is known or being computed; then `done` is called with it. */
  take(region: FileRegion, asked: DigestAlgorithm, done: (result: HashResult) => void): boolean {
    if (region.stamp === undefined || asked !== algorithm) return false;
    const key = regionKey(region.stamp, region);
    const known = this.results.get(key);
    if (known !== undefined) done(known);
    else if (this.current?.key === key) {
      this.current.asking.push(done);
      this.goOn();
    } else {
      // It is hashed for who asks.
      this.parts = this.parts.filter(({ path, offset }) => path !== region.path || offset !== region.offset);
      return false;
    }
    return true;
  }

  /** To be called when there is no other work any more. */
  goOn(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      if (this.step()) this.goOn();
    });
  }

  /** Hashes some more; false if there is nothing to do now. */
  private step(): boolean {
    if (this.isBusy() && (this.current === undefined || this.current.asking.length === 0)) return false;
    this.current ??= this.next();
    if (this.current === undefined) return false;
    const { hash, key, asking } = this.current;
    const result = hash.advance();
    if (result === undefined) return true;
    hash.close();
    this.current = undefined;
    this.results.set(key, result);
    for (const done of asking) done(result);
    return true;
  }

  private next(): Current | undefined {
    for (let part = this.parts.shift(); part !== undefined; part = this.parts.shift()) {
      try {
        const hash = new RegionHash(part, algorithm);
        return { hash, key: regionKey(hash.stamp, part), asking: [] };
      } catch {
        // Who asks for it finds out why.
      }
    }
    return undefined;
  }
}
