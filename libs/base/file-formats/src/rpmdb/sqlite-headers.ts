import type { ReadContext } from '../read-context';
import { openSqlite } from '../sqlite/pages';
import { sqliteNamedRows } from '../sqlite/table';

/** The blobs of the table `Packages(hnum, blob)` of an rpm SQLite database, its write-ahead log applied. */
export function* sqliteHeaders(
  bytes: Uint8Array,
  writeAheadLog: Uint8Array | undefined,
  context: ReadContext,
): Generator<Uint8Array> {
  const { note } = context;
  const database = openSqlite(bytes, writeAheadLog, note);
  if (database === undefined) return;
  for (const row of sqliteNamedRows(database, 'Packages', context)) {
    const blob = row.get('blob');
    if (blob instanceof Uint8Array) yield blob;
    else note('bad-record', 'A row of the package table holds no header');
  }
}
