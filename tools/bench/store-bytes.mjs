// What a store of `clarion serve` consists of: records, bytes of keys and values, and bytes a record, for each kind of record.
//   node tools/bench/store-bytes.mjs DIRECTORY
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { open } from 'lmdb';

const [directory] = process.argv.slice(2);
const file = directory === undefined ? undefined : join(directory, 'facts.mdb');
if (file === undefined || !existsSync(file)) {
  console.error('clarion: name a data directory with a store');
  process.exit(2);
}

const db = open({
  path: file,
  noSubdir: true,
  overlappingSync: false,
  pageSize: 8192,
  readOnly: true,
  encoding: 'binary',
});
/** @type {Map<string, { records: number, bytes: number, largest: number }>} */
const kinds = new Map();
for (const { key, value } of db.getRange({})) {
  const text = String(key);
  const kind = text.slice(0, text.indexOf('\t'));
  const bytes = Buffer.byteLength(text) + value.length;
  const sum = kinds.get(kind) ?? { records: 0, bytes: 0, largest: 0 };
  sum.records += 1;
  sum.bytes += bytes;
  sum.largest = Math.max(sum.largest, bytes);
  kinds.set(kind, sum);
}
await db.close();

const { size } = statSync(file);
const total = [...kinds.values()].reduce((sum, { bytes }) => sum + bytes, 0);
console.table(
  Object.fromEntries(
    [...kinds]
      .sort(([, a], [, b]) => b.bytes - a.bytes)
      .map(([kind, { records, bytes, largest }]) => [
        kind,
        { records, bytes, 'bytes a record': Math.round(bytes / records), largest },
      ]),
  ),
);
console.log(`${total} bytes in records, ${size} in the file (${((100 * total) / size).toFixed(0)} % filled)`);
