import path from 'node:path';

import { defaultResultBytes } from '@clarion/model';
import { OpenUpdates } from '@clarion/store-rules';

import type { StoreEnvironment } from './environment';

/** The file of a store in its directory. */
export const storeFileName = 'facts.mdb';
/** Readers at once, of all processes and threads. */
const maxReaders = 512;

/** Most values are of some hundred bytes up to some thousand: of smaller pages a third would stay empty. */
const pageSize = 8192;

/**
 * With the binding's overlapping flush, a process that commits while another one was killed in its flush can never
 * write again (`MDB_PANIC`, lmdb 3.5.6, about one kill in a hundred); without it the lock of the dead process is taken
 * over.
 */
const plainLmdb = { noSubdir: true, overlappingSync: false, pageSize };

/** The rest has defaults. `directory` is absolute. */
type EnvironmentOptions = Pick<StoreEnvironment, 'directory' | 'readOnly'> &
  Partial<Pick<StoreEnvironment, 'mentions' | 'buildMentions' | 'mapSizeLimit' | 'resultBytes' | 'now'>>;

/** Opens the file of a store, whatever its format is. Throws what LMDB throws. */
export async function openEnvironment(options: EnvironmentOptions): Promise<StoreEnvironment> {
  const { directory, readOnly, mentions = false, buildMentions, mapSizeLimit, now = () => new Date() } = options;
  const { resultBytes = defaultResultBytes } = options;
  const file = path.join(directory, storeFileName);
  // Loading takes longer than opening, and most commands need no store.
  const lmdb = await import('lmdb');
  const db = lmdb.open<unknown, string>({ path: file, encoding: 'msgpack', maxReaders, readOnly, ...plainLmdb });
  const given = { mentions, buildMentions, mapSizeLimit, resultBytes, now };
  return { directory, file, db, lmdb, readOnly, ...given, openUpdates: new OpenUpdates() };
}
