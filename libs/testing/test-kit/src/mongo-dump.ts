import type { Db, Document, IndexDescriptionInfo } from 'mongodb';

/** One line of a dump: a collection with its indexes, or a document of it as canonical Extended JSON. */
type DumpLine =
  | { readonly collection: string; readonly indexes: readonly IndexDescriptionInfo[] }
  | { readonly collection: string; readonly document: Document };

const batch = 100;

/** Most specs that load this library need no driver. */
async function extendedJson() {
  return (await import('mongodb')).BSON;
}

/** All collections of a database with their indexes and documents, a line each, in the order of names and ids. */
export async function dumpDatabase(db: Db): Promise<readonly string[]> {
  const { EJSON } = await extendedJson();
  const lines: DumpLine[] = [];
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
  for (const name of names.filter((one) => !one.startsWith('system.')).sort()) {
    const collection = db.collection<{ _id: string }>(name);
    lines.push({ collection: name, indexes: await collection.indexes() });
    for await (const document of collection.find({}).sort({ _id: 1 })) lines.push({ collection: name, document });
  }
  return lines.map((line) => EJSON.stringify(line, { relaxed: false }));
}

/** Puts the lines of a dump into a database that has none of these collections. */
export async function restoreDatabase(db: Db, lines: readonly string[]): Promise<void> {
  const { EJSON } = await extendedJson();
  const documents = new Map<string, Document[]>();
  for (const line of lines) {
    const read = EJSON.parse(line, { relaxed: false }) as DumpLine;
    if ('document' in read) documents.get(read.collection)?.push(read.document);
    else {
      documents.set(read.collection, []);
      const collection = await db.createCollection(read.collection);
      const indexes = read.indexes.filter(({ name }) => name !== '_id_').map(({ v: _, ...one }) => one);
      if (indexes.length > 0) await collection.createIndexes(indexes);
    }
  }
  for (const [name, all] of documents) {
    for (let start = 0; start < all.length; start += batch) {
      await db.collection(name).insertMany(all.slice(start, start + batch));
    }
  }
}
