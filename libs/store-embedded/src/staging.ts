import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

import { checkSize, type Environment } from './environment';
import { keyPart } from './keys';

/** A record to be written under its final key, or removed from there. */
export type StagedRecord = readonly [key: string, value: unknown];

/** Marks a record to be removed. Encoded as one byte that no fact begins with. */
const removal = null;
const removalByte = 0xc0;

/**
 * What an update has put so far, in a file of its own that is thrown away afterwards: nothing of an update that never
 * ends reaches the facts, and the facts' file does not grow by it. Keys and encoded values are those of the facts, so a
 * commit copies bytes, in key order.
 */
export interface Staging {
  /** Keeps records; they are written in batches. `weight` is about how many statements they hold. */
  put(records: readonly StagedRecord[], weight: number): void;
  /** All records in key order; undefined stands for a removal. */
  entries(): Iterable<readonly [key: string, value: Buffer | undefined]>;
  /** Closes and deletes the file. */
  discard(): Promise<void>;
}

/** Statements kept in memory before they are written. */
const batchWeight = 4096;

/** Opens an empty staging file, after deleting those that dead writers of the same feed left. */
export function openStaging(env: Environment, owner: { readonly feed: string; readonly token: string }): Staging {
  const name = `staging-${fileNamePart(owner.feed)}`;
  deleteLeftovers(env.directory, name);
  const file = path.join(env.directory, `${name}.${owner.token}`);
  // The file is worth nothing after a crash, so it is never flushed.
  const db = env.lmdb.open<unknown, string>({ path: file, noSubdir: true, encoding: 'msgpack', noSync: true });
  let batch: StagedRecord[] = [];
  let weighed = 0;
  const flush = () => {
    if (batch.length === 0) return;
    checkSize(env, statSync(file).size);
    db.transactionSync(() => {
      for (const [key, value] of batch) db.putSync(key, value === undefined ? removal : value);
    });
    batch = [];
    weighed = 0;
  };
  return {
    put: (records, weight) => {
      batch.push(...records);
      weighed += weight;
      if (weighed >= batchWeight) flush();
    },
    entries: function* () {
      flush();
      for (const key of db.getKeys()) {
        const value = db.getBinary(key);
        yield [key, value === undefined || isRemoval(value) ? undefined : value];
      }
    },
    discard: async () => {
      await db.close();
      deleteFiles(file);
    },
  };
}

/** Deletes staging files of feeds that nobody writes; `name` is a file name up to the writer's token. */
export function deleteLeftovers(directory: string, name: string): void {
  for (const entry of readdirSync(directory)) {
    if (entry.startsWith(`${name}.`)) rmSync(path.join(directory, entry), { force: true });
  }
}

function deleteFiles(file: string): void {
  for (const name of [file, `${file}-lock`]) rmSync(name, { force: true });
}

function isRemoval(value: Buffer): boolean {
  return value.length === 1 && value[0] === removalByte;
}

/** Feed ids of users may hold anything; file names should not. */
function fileNamePart(feed: string): string {
  return /^[a-z0-9-]{1,100}$/.test(feed) ? feed : keyPart(`#${feed}`).slice(1);
}
