import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClarionError, storageFailure } from '@clarion/model';
import { errorCode } from './files';

/** A temporary file of our own name. */
export interface SpoolFile {
  readonly path: string;
  readonly close: () => Promise<void>;
}

/** Files that could not be unlinked while in use; removed at process exit at the latest. */
const leftovers = new Set<string>();
let watching = false;

function removeAtExit(file: string): void {
  leftovers.add(file);
  if (watching) return;
  watching = true;
  process.once('exit', () => {
    for (const leftover of leftovers) rmSync(leftover, { force: true });
  });
}

/**
 * Writes a stream into a temporary file that can be opened by `path`. Where the system exposes open files (/proc), the
 * file is unlinked before the first byte, so that nothing is left however the process ends.
 */
export async function spool(chunks: AsyncIterable<Uint8Array>): Promise<SpoolFile> {
  const file = path.join(tmpdir(), `clarion-${process.pid}-${randomBytes(8).toString('hex')}.tar`);
  const handle = await open(file, 'wx+', 0o600).catch((error: unknown) => {
    throw spoolFailure(error);
  });
  // By number: processes that this one starts can open it too.
  const descriptorPath = `/proc/${process.pid}/fd/${handle.fd}`;
  const unlinked = existsSync(descriptorPath);
  if (unlinked) await rm(file);
  else removeAtExit(file);
  const close = async (): Promise<void> => {
    await handle.close();
    if (!unlinked) await rm(file, { force: true });
    leftovers.delete(file);
  };
  try {
    await fill(handle, chunks);
  } catch (error) {
    await close();
    throw spoolFailure(error);
  }
  return { path: unlinked ? descriptorPath : file, close: once(close) };
}

async function fill(handle: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const chunk of chunks) {
    let written = 0;
    while (written < chunk.byteLength) {
      const { bytesWritten } = await handle.write(chunk, written, chunk.byteLength - written);
      written += bytesWritten;
    }
  }
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}

/** What it means that a temporary file cannot be written. */
export function spoolFailure(error: unknown): unknown {
  const full = storageFailure(error, `temporary files (${tmpdir()})`);
  if (full !== undefined) {
    const remedy = `${full.remedy ?? ''}, or set TMPDIR to a directory with more room`;
    return new ClarionError(full.code, full.message, { remedy, cause: error });
  }
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'ENOENT') {
    return new ClarionError('invalid-input', `The temporary directory ${tmpdir()} cannot be written`, {
      remedy: 'set TMPDIR to a directory that can be written, or decompress the archive yourself',
      cause: error,
    });
  }
  return error;
}
