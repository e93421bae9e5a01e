import { closeSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

import { ClarionError } from '@clarion/model';

import { checkSize, encode, encodePlain, type StoreEnvironment } from './environment';
import { keyPart } from './keys';
import type { KeyedRecord } from './records';

/**
 * The records of an open update, in a separate file that is deleted afterwards: nothing of an unfinished update reaches
 * the facts or makes their file grow. A plain file, because it is only appended to and read once; keys and encoded
 * values are those of the facts, so that a commit copies bytes.
 */
export interface StagingFile {
  /** Keeps records; they are written in batches. */
  put(records: readonly KeyedRecord[]): void;
  /** The same for records that are not stored like this: there are many small ones, and compressing them takes long. */
  putPlain(records: readonly KeyedRecord[]): void;
  /** Records that were put. */
  size(): number;
  /**
   * All records by key, those of one key in the order they were put; undefined means removal. A value is valid until
   * the next one. In this order pages of the facts are filled one after the other, not split in halves.
   */
  entries(): Iterable<readonly [key: string, value: Buffer | undefined]>;
  /** Closes and deletes the file. */
  discard(): void;
}

/** Bytes kept in memory before they are written. */
const batchSize = 1 << 20;
const readAhead = 1 << 14;
/** A file up to this size is read at once: it covers most of a first import, whose records are unordered. */
const readWhole = 1 << 27;
/** The length that marks a removal. */
const removal = -1;

/** Where the value of a record is in the file. */
interface RecordPosition {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

/** Opens an empty staging file, after deleting those that dead writers of the same feed left. */
export function openStaging(
  env: StoreEnvironment,
  owner: { readonly feed: string; readonly token: string },
): StagingFile {
  const name = `staging-${fileNamePart(owner.feed)}.`;
  deleteLeftovers(env.directory, name);
  const file = path.join(env.directory, `${name}${owner.token}`);
  const descriptor = openSync(file, 'wx+');
  let batch: Buffer[] = [];
  let batched = 0;
  let written = 0;
  const positions: RecordPosition[] = [];
  const flush = () => {
    checkSize(env, written + batched);
    writeFully(descriptor, Buffer.concat(batch));
    written += batched;
    batch = [];
    batched = 0;
  };
  const keep = (records: readonly KeyedRecord[], encoded: typeof encode) => {
    for (const [key, value] of records) {
      const bytes = value === undefined ? undefined : encoded(env, value);
      positions.push({ key, offset: written + batched, length: bytes?.length ?? removal });
      if (bytes === undefined) continue;
      batch.push(bytes);
      batched += bytes.length;
    }
    if (batched >= batchSize) flush();
  };
  return {
    put: (records) => {
      keep(records, encode);
    },
    putPlain: (records) => {
      keep(records, encodePlain);
    },
    size: () => positions.length,
    entries: () => {
      flush();
      // The sort is stable, and ASCII order is the order of the facts.
      positions.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
      return readRecords(positions, written <= readWhole ? wholeReader(descriptor, written) : reader(descriptor));
    },
    discard: () => {
      closeSync(descriptor);
      rmSync(file, { force: true });
    },
  };
}

type ReadPiece = (offset: number, length: number) => Buffer;

function* readRecords(
  positions: readonly RecordPosition[],
  read: ReadPiece,
): Generator<readonly [key: string, value: Buffer | undefined]> {
  for (const { key, offset, length } of positions) yield [key, length === removal ? undefined : read(offset, length)];
}

/** Reads pieces of a file with read-ahead: neighbours in key order are often neighbours in the file. */
function reader(descriptor: number): ReadPiece {
  let buffer = Buffer.alloc(readAhead);
  let start = 0;
  let end = 0;
  return (offset, length) => {
    if (offset < start || offset + length > end) {
      if (length > buffer.length) buffer = Buffer.alloc(length);
      start = offset;
      end = offset + readFully(descriptor, buffer, { offset, least: length });
    }
    return buffer.subarray(offset - start, offset - start + length);
  };
}

function wholeReader(descriptor: number, length: number): ReadPiece {
  const whole = Buffer.allocUnsafe(length);
  readFully(descriptor, whole, { offset: 0, least: length });
  return (offset, bytes) => whole.subarray(offset, offset + bytes);
}

/** Fills `buffer` from `offset` of a file with at least `least` bytes; returns the number of bytes read. */
function readFully(
  descriptor: number,
  buffer: Buffer,
  { offset, least }: { readonly offset: number; readonly least: number },
): number {
  let filled = 0;
  while (filled < least) {
    const count = readSync(descriptor, buffer, filled, buffer.length - filled, offset + filled);
    if (count === 0) throw new ClarionError('corrupt-data', 'a staging file was cut off');
    filled += count;
  }
  return filled;
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
