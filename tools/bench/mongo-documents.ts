import { BSON, type Db, type Document, type IndexDescriptionInfo } from 'mongodb';

/** What the documents of a collection take. */
export interface Measured {
  readonly documents: number;
  /** Bytes as BSON. A server compresses little of it: long values are deflated already. */
  readonly data: number;
  /** Bytes of all index entries, without the prefixes that a server leaves out. */
  readonly indexes: number;
  readonly largest: number;
}

/** Measures all collections; pages of long values count for the collection of their values. */
export async function measureCollections(db: Db): Promise<ReadonlyMap<string, Measured>> {
  const all = new Map<string, Measured>();
  const add = (name: string, more: Measured) => {
    const known = all.get(name) ?? { documents: 0, data: 0, indexes: 0, largest: 0 };
    all.set(name, {
      documents: known.documents + more.documents,
      data: known.data + more.data,
      indexes: known.indexes + more.indexes,
      largest: Math.max(known.largest, more.largest),
    });
  };
  for (const collection of await db.collections()) {
    const indexes = await collection.indexes();
    for await (const document of collection.find({})) {
      const isPage = collection.collectionName === 'pages';
      const data = BSON.calculateObjectSize(document);
      const entries = indexes.reduce((sum, index) => sum + entryBytes(index, document), 0);
      const name = isPage ? String(document['collection']) : collection.collectionName;
      add(name, { documents: isPage ? 0 : 1, data, indexes: entries, largest: data });
    }
  }
  return all;
}

/** A record's position in an entry, and what a key of no value takes. */
const [positionBytes, emptyBytes] = [5, 1];

/** Bytes of the entries of a document in an index: one for each value of a list. */
function entryBytes({ key, sparse }: IndexDescriptionInfo, document: Document): number {
  const members = Object.keys(key);
  if (sparse === true && members.every((name) => document[name] === undefined)) return 0;
  const lists = members
    .map((name) => document[name] as unknown)
    .map((value) => (Array.isArray(value) ? (value as readonly unknown[]) : [value]));
  const entries = lists.reduce((product, list) => product * Math.max(1, list.length), 1);
  const bytes = lists.reduce((sum, list) => {
    const total = list.reduce<number>((one, value) => one + keyBytes(value), 0);
    return sum + (list.length === 0 ? emptyBytes : total / list.length);
  }, positionBytes);
  return entries * bytes;
}

/** Type, text and end of a text; the usual length of a number. */
function keyBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value) + 2;
  return typeof value === 'number' ? 4 : emptyBytes;
}
