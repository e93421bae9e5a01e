import type { PackageFiles } from '@clarion/model';
import { decodeHashes, decodeNumbers, encodeHashes, encodeNumbers, type OwnedHashes } from './path-hashes';

/** A layer stores no more than these; further files that an upper layer copies count as unowned. */
const mostStored = 300_000;

/**
 * What is stored of the files that packages own; `names` are those of the owners from 1. Packages with the most files
 * get the smallest numbers, which take one byte.
 */
export function storedOwners({ hashes, owners }: OwnedHashes, names: readonly string[]): PackageFiles {
  if (hashes.length === 0) return {};
  const kept = owners.subarray(0, mostStored);
  const owned = encodeHashes(hashes.subarray(0, mostStored));
  const files = new Map<number, number>();
  for (const owner of kept) files.set(owner, (files.get(owner) ?? 0) + 1);
  files.delete(0);
  if (files.size === 0) return { owned };
  const order = [...files].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b).map(([owner]) => owner);
  const numbers = new Map(order.map((owner, index) => [owner, index + 1]));
  return {
    owned,
    packages: order.map((owner) => names[owner - 1] ?? ''),
    owners: encodeNumbers(kept.map((owner) => numbers.get(owner) ?? 0)),
  };
}

/** The owners of files, as they are looked up. */
export interface FileOwners extends OwnedHashes {
  readonly packages: readonly string[];
  /** Ascending hashes of files that are no longer those of their packages. */
  readonly replaced: Uint32Array;
}

/** The decoded owners of facts that are in memory: images that share a layer may share its facts. */
const decoded = new WeakMap<PackageFiles, FileOwners>();

/** Undefined where the layer does not show which package owns which file. */
export function decodeOwners(files: PackageFiles): FileOwners | undefined {
  const known = decoded.get(files) ?? decode(files);
  if (known !== undefined) decoded.set(files, known);
  return known;
}

function decode({ owned, owners, packages = [], replaced = '' }: PackageFiles): FileOwners | undefined {
  if (owned === undefined || owners === undefined) return undefined;
  return { hashes: decodeHashes(owned), owners: decodeNumbers(owners), packages, replaced: decodeHashes(replaced) };
}
