import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, lstatSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * What a data directory has that cannot be made again: facts, the key that secrets in them are sealed with, and the
 * administrator's token. A backup contains nothing else.
 */
export const backedUpFiles = ['facts.mdb', 'sealing-key', 'administrator-token'] as const;
export type BackedUpFile = (typeof backedUpFiles)[number];

/** Only the user of the data directory may read these. */
export const privateMode = 0o600;

/** What a file must be. */
export interface FileSum {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

export interface Reading {
  readonly signal: AbortSignal;
  /** Called with the number of bytes that were just read. */
  readonly onBytes?: (bytes: number) => void;
}

const chunk = 1 << 20;

/** The bytes of a regular file; undefined for anything else, also a link. */
export function sizeOf(path: string): number | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true ? stat.size : undefined;
}

/** The sum of a file; with `copy`, it is copied there meanwhile, readable for its user only, and is on disk then. */
export async function sumOf(path: string, { signal, onBytes }: Reading, copy?: string): Promise<FileSum> {
  const hash = createHash('sha256');
  const target = copy === undefined ? undefined : await open(copy, 'w', privateMode);
  let bytes = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: chunk, signal })) {
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
      await target?.writeFile(piece as Buffer);
      onBytes?.((piece as Buffer).length);
    }
    await target?.sync();
  } finally {
    await target?.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** Makes the content of a file, or the names in a directory, survive a loss of power. */
export function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
