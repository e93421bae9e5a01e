import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileRegion } from '../file-region';
import { blockBytes, hasValidChecksum, parseHeader } from '../tar-header';

/** Smaller ones are hashed where they are asked for. */
const leastBytes = 1024 * 1024;
/** Archives of images have few members, and layouts few blobs. */
const mostLooked = 1000;
const regularFiles = new Set(['0', '\0', '7']);
/** Where an image layout has its blobs. */
const blobs = join('blobs', 'sha256');

/**
 * The large members of a tar archive, in its order, or the large blobs of an image layout, the largest first: most are layers.
 * Empty for anything else.
 */
export function largeParts(path: string): readonly FileRegion[] {
  try {
    return statSync(path).isDirectory() ? largeBlobs(join(path, blobs)) : largeMembers(path);
  } catch {
    // Who reads the image reports what is wrong with it.
    return [];
  }
}

function largeBlobs(directory: string): readonly FileRegion[] {
  return readdirSync(directory)
    .slice(0, mostLooked)
    .map((name) => {
      const path = join(directory, name);
      return { path, offset: 0, length: statSync(path).size };
    })
    .filter(({ length }) => length > leastBytes)
    .sort((a, b) => b.length - a.length);
}

function largeMembers(path: string): readonly FileRegion[] {
  const found: FileRegion[] = [];
  const block = Buffer.alloc(blockBytes);
  const file = openSync(path, 'r');
  try {
    let at = 0;
    for (let members = 0; members < mostLooked; members += 1) {
      if (readSync(file, block, 0, blockBytes, at) < blockBytes || !hasValidChecksum(block, 0)) break;
      const { flag, size } = parseHeader(block, 0);
      if (size === undefined) break;
      const offset = at + blockBytes;
      if (regularFiles.has(flag) && size > leastBytes) found.push({ path, offset, length: size });
      at = offset + Math.ceil(size / blockBytes) * blockBytes;
    }
  } finally {
    closeSync(file);
  }
  return found;
}
