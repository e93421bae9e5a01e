import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClarionError, storageFailure } from '@clarion/model';

/** An unlinked file: it is gone when it is closed or its process ends, for any reason. */
export interface ScratchFile {
  /** Appends bytes; returns their offset. */
  append(bytes: Uint8Array): number;
  /** Exactly `length` bytes. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/**
 * Opens an empty scratch file in `directory` (default: the system's temporary one). Throws `storage-unavailable` when
 * the disk is full, `invalid-input` when the directory is not writable.
 */
export function openScratchFile(directory: string = tmpdir()): ScratchFile {
  const name = path.join(directory, `scratch-${randomUUID()}`);
  const descriptor = explained(directory, () => openSync(name, 'wx+', 0o600));
  rmSync(name, { force: true });
  let end = 0;
  return {
    append(bytes) {
      const start = end;
      for (let done = 0; done < bytes.length;) {
        done += explained(directory, () => writeSync(descriptor, bytes, done, bytes.length - done, start + done));
      }
      end += bytes.length;
      return start;
    },
    read(offset, length) {
      const bytes = Buffer.allocUnsafe(length);
      for (let done = 0; done < length;) {
        const count = explained(directory, () => readSync(descriptor, bytes, done, length - done, offset + done));
        if (count === 0) throw new ClarionError('corrupt-data', `A scratch file in ${directory} ends early`);
        done += count;
      }
      return bytes;
    },
    close() {
      closeSync(descriptor);
    },
  };
}

function explained<T>(directory: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const full = storageFailure(cause, directory);
    if (full !== undefined) throw full;
    const { message } = cause as Error;
    throw new ClarionError('invalid-input', `${directory} cannot be used for scratch files: ${message}`, { cause });
  }
}
