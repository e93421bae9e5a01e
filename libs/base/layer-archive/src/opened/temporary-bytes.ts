import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ByteSource, storageFailure } from '@clarion/model';

/** Bytes in a temporary file of our own name: written once from front to back, then read at any offset. */
export interface TemporaryBytes {
  write(chunk: Uint8Array): void;
  /** Valid until `close`. */
  readonly source: ByteSource;
  close(): void;
}

/** Creates the file. It is unlinked at once where the system allows it, so that nothing is left however we end. */
export function temporaryBytes(): TemporaryBytes {
  const file = path.join(tmpdir(), `clarion-${process.pid}-${randomBytes(8).toString('hex')}.part`);
  const descriptor = attempt(() => openSync(file, 'wx+', 0o600));
  const unlinked = remove(file);
  let size = 0;
  return {
    write(chunk) {
      for (let at = 0; at < chunk.length;) {
        const from = at;
        at += attempt(() => writeSync(descriptor, chunk, from, chunk.length - from, size + from));
      }
      size += chunk.length;
    },
    source: {
      get size() {
        return size;
      },
      stored: { descriptor, offset: 0 },
      read: (offset, length) => readAt(descriptor, offset, Math.min(length, size - offset)),
    },
    close() {
      closeSync(descriptor);
      if (!unlinked) remove(file);
    },
  };
}

/** Bytes of an open file; fewer at its end. */
function readAt(descriptor: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(length, 0));
  let filled = 0;
  while (filled < bytes.length) {
    const count = readSync(descriptor, bytes, filled, bytes.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

function remove(file: string): boolean {
  try {
    rmSync(file, { force: true });
    return true;
  } catch {
    // In use, on systems that do not unlink open files.
    return false;
  }
}

function attempt<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw storageFailure(error, `temporary files (${tmpdir()})`) ?? error;
  }
}
