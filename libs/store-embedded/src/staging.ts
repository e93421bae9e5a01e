import { closeSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

import { checkSize, encode, type Environment } from './environment';
import { keyPart } from './keys';
import type { KeyedRecord } from './records';

/**
 * What an update has put so far, in a file of its own that is thrown away afterwards: nothing of an update that never
 * ends reaches the facts, and the facts' file does not grow by it. A plain file, because it is only appended to and read
 * once; keys and encoded values are those of the facts, so that a commit copies bytes.
 */
export interface Staging {
  /** Keeps records; they are written in batches. */
  put(records: readonly KeyedRecord[]): void;
  /** All records in the order they were put; undefined stands for a removal. A value is valid until the next one. */
  entries(): Iterable<readonly [key: string, value: Buffer | undefined]>;
  /** Closes and deletes the file. */
  discard(): void;
}

/** Bytes kept in memory before they are written, and read at once. */
const batchSize = 1 << 20;
/** Before every record: lengths of key and value. */
const headSize = 8;
const removal = 0xffffffff;

/** Opens an empty staging file, after deleting those that dead writers of the same feed left. */
export function openStaging(env: Environment, owner: { readonly feed: string; readonly token: string }): Staging {
  const name = `staging-${fileNamePart(owner.feed)}.`;
  deleteLeftovers(env.directory, name);
  const file = path.join(env.directory, `${name}${owner.token}`);
  const descriptor = openSync(file, 'wx+');
  let batch: Buffer[] = [];
  let batched = 0;
  let written = 0;
  const flush = () => {
    checkSize(env, written + batched);
    writeFully(descriptor, Buffer.concat(batch));
    written += batched;
    batch = [];
    batched = 0;
  };
  return {
    put: (records) => {
      for (const record of records) {
        const bytes = frame(env, record);
        batch.push(bytes);
        batched += bytes.length;
      }
      if (batched >= batchSize) flush();
    },
    entries: () => {
      flush();
      return readFrames(descriptor);
    },
    discard: () => {
      closeSync(descriptor);
      rmSync(file, { force: true });
    },
  };
}

function frame(env: Environment, [key, value]: KeyedRecord): Buffer {
  const encoded = value === undefined ? undefined : encode(env, value);
  const head = Buffer.alloc(headSize);
  head.writeUInt32LE(Buffer.byteLength(key), 0);
  head.writeUInt32LE(encoded?.length ?? removal, 4);
  return Buffer.concat([head, Buffer.from(key), ...(encoded === undefined ? [] : [encoded])]);
}

function* readFrames(descriptor: number): Generator<readonly [string, Buffer | undefined]> {
  const reader = startReading(descriptor);
  for (let head = reader.take(headSize); head !== undefined; head = reader.take(headSize)) {
    const valueLength = head.readUInt32LE(4);
    const key = reader.take(head.readUInt32LE(0))?.toString() ?? '';
    yield [key, valueLength === removal ? undefined : reader.take(valueLength)];
  }
}

/** Reads a file from its start. `take` gives the next bytes, valid until the next call; undefined at the end. */
function startReading(descriptor: number): { take(length: number): Buffer | undefined } {
  let buffer = Buffer.alloc(batchSize);
  let start = 0;
  let end = 0;
  let position = 0;
  const fill = (length: number) => {
    const larger = length > buffer.length ? Buffer.alloc(length) : buffer;
    buffer.copy(larger, 0, start, end);
    buffer = larger;
    end -= start;
    start = 0;
    while (end < length) {
      const count = readSync(descriptor, buffer, end, buffer.length - end, position);
      if (count === 0) return;
      end += count;
      position += count;
    }
  };
  return {
    take: (length) => {
      if (end - start < length) fill(length);
      if (end - start < length) return undefined;
      start += length;
      return buffer.subarray(start - length, start);
    },
  };
}

function writeFully(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(descriptor, bytes, done);
}

function deleteLeftovers(directory: string, name: string): void {
  for (const entry of readdirSync(directory)) {
    if (entry.startsWith(name)) rmSync(path.join(directory, entry), { force: true });
  }
}

/** Feed ids of users may hold anything; file names should not. */
function fileNamePart(feed: string): string {
  return /^[a-z0-9-]{1,100}$/.test(feed) ? feed : keyPart(`#${feed}`).slice(1);
}
