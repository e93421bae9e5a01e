import type { ReadContext } from '../read-context';
import { bdbHashValues } from './bdb-hash';
import { ndbBlobs } from './ndb';
import { sqliteHeaders } from './sqlite-headers';

export interface RpmdbFiles {
  /** `Packages`, `Packages.db` or `rpmdb.sqlite`; its content identifies the format. */
  readonly database: Uint8Array;
  /** The write-ahead log of a SQLite database, where there is one. */
  readonly writeAheadLog?: Uint8Array;
}

/**
 * The header blobs of all packages in an rpm database, whatever the backend. What cannot be read is reported, and the
 * walk continues with the rest, as long as the budget lasts. Blobs may be views into the file.
 */
export function rpmdbHeaders(files: RpmdbFiles, context: ReadContext): Iterable<Uint8Array> {
  const { note } = context;
  const { database, writeAheadLog } = files;
  const backend = backendOf(database);
  if (backend === 'bdb-hash') return bdbHashValues(database, context);
  if (backend === 'ndb') return ndbBlobs(database, context);
  if (backend === 'sqlite') return sqliteHeaders(database, writeAheadLog, context);
  if (database.length === 0) note('truncated-database', 'The rpm database is empty');
  else note('unreadable-database', 'The rpm database is neither SQLite nor NDB nor a Berkeley DB hash');
  return [];
}

function backendOf(database: Uint8Array): 'bdb-hash' | 'ndb' | 'sqlite' | undefined {
  const start = Buffer.from(database.buffer, database.byteOffset, Math.min(database.length, 16));
  if (start.toString('latin1') === 'SQLite format 3\0') return 'sqlite';
  if (start.toString('latin1', 0, 4) === 'RpmP') return 'ndb';
  const magic = start.length === 16 ? start.toString('hex', 12) : '';
  return magic === '61150600' || magic === '00061561' ? 'bdb-hash' : undefined;
}
