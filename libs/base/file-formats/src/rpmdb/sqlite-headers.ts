import type { ReadContext } from '../read-context';
import { openSqlite } from '../sqlite/pages';
import { sqliteTable } from '../sqlite/table';

/** The blobs of the table `Packages(hnum, blob)` of an rpm SQLite database, its write-ahead log applied. */
export function* sqliteHeaders(
  bytes: Uint8Array,
  writeAheadLog: Uint8Array | undefined,
  context: ReadContext,
): Generator<Uint8Array> {
  const { note } = context;
  const database = openSqlite(bytes, writeAheadLog, note);
  if (database === undefined) return;
  for (const row of sqliteTable(database, 'Packages', context)) {
    const blob = row.find((value) => value instanceof Uint8Array);
    if (blob === undefined) note('bad-record', 'A row of the package table holds no header');
    else yield blob;
  }
}
