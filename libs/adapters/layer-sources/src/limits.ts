import { ClarionError } from '@clarion/model';

/** Limits on what describes an image. */
export const describeLimits = {
  manifestBytes: 4 * 1024 * 1024,
  configBytes: 8 * 1024 * 1024,
  /**
   * Members and elements of a JSON document, which is parsed synchronously. A thousand entries of an index with all
   * members are 20,000, 512 layers with a thousand build steps 10,000; a hundred thousand take 0.2 s.
   */
  values: 50_000,
  indexEntries: 1000,
  indexDepth: 2,
  layers: 512,
  /**
   * Maximum UTF-16 units of the build step of a layer, and of all layers. With 64 Ki the record of an image of 512
   * layers, in which digests are 32 KiB and the rest of the descriptions 8 KiB, stays below 128 KiB; up to 65 layers
   * may use a full thousand.
   */
  step: 1000,
  steps: 64 * 1024,
  /** RFC 6838 allows for 127 on each side of the slash. */
  mediaType: 255,
  /** Of the name of a system, an architecture and a variant, cut where longer. */
  platformName: 64,
  /** Images of one name, or of one platform in an index, that are compared. */
  sameName: 64,
  /** Members of one name that are compared. */
  copies: 16,
  linkHops: 40,
} as const;

/** Throws `limit-exceeded` if `count` is over `limit`. */
export function atMost(count: number, limit: number, what: string): void {
  if (count > limit) throw new ClarionError('limit-exceeded', `${what}: ${count}, the limit is ${limit}`);
}
