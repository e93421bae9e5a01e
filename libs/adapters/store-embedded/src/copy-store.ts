import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

import { ClarionError, storageFailure } from '@clarion/model';

import { explain, type StoreEnvironment, write } from './environment';
import { checkHeader, checkLength } from './file-checks';
import { keysBelow } from './keys';
import { openEnvironment, storeFileName } from './open-environment';

export interface StoreCopyOptions {
  readonly directory: string;
  /** The file of the copy; must not exist. */
  readonly file: string;
  /** Called now and then with the bytes of the copy so far, and about how many there will be. */
  readonly onBytes?: (done: number, total: number) => void;
}

/** How often progress is reported. */
const reportMillis = 100;

/**
 * Copies a store as it is at one moment, without the pages that are free, while other processes write to it. The copy
 * has the format of the original. Throws `no-data` if there is no store, and the errors of `openEmbeddedStore`.
 */
export async function copyEmbeddedStore({ directory, file, onBytes }: StoreCopyOptions): Promise<void> {
  const from = path.resolve(directory);
  const original = path.join(from, storeFileName);
  if (!existsSync(original)) throw new ClarionError('no-data', `there is no store in ${from}`);
  try {
    checkHeader(original);
    const env = await openEnvironment({ directory: from, readOnly: true });
    const total = checkLength(env);
    const report = (): void => onBytes?.(statSync(file, { throwIfNoEntry: false })?.size ?? 0, total);
    const timer = setInterval(report, reportMillis);
    try {
      await env.db.backup(file, true);
    } catch (error) {
      throw storageFailure(error, path.dirname(file)) ?? error;
    } finally {
      clearInterval(timer);
      await env.db.close();
    }
  } catch (error) {
    throw explain({ directory: from }, error);
  }
}

/**
 * Makes a copy a store of this machine: leases of the processes that used the original are ended, since nothing shows
 * here that they do not run.
 */
export async function adoptEmbeddedStore(directory: string): Promise<void> {
  const env = await openEnvironment({ directory: path.resolve(directory), readOnly: false });
  try {
    const ended = (): void => {
      endLeases(env);
    };
    write(env, ended, { durable: true });
  } finally {
    await env.db.close();
  }
}

function endLeases({ db }: StoreEnvironment): void {
  for (const kind of ['lease', 'process-lease'] as const) {
    for (const key of Array.from(db.getKeys(keysBelow(kind)))) db.removeSync(key);
  }
}
