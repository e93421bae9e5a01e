import { setTimeout as sleep } from 'node:timers/promises';

import { ClarionError } from '@clarion/model';
import type { AnyBulkWriteOperation, Document } from 'mongodb';

import type { MongoContext } from './context';
import type { CollectionName, CollectionDocuments } from './documents';
import type { ValueDocument } from './value-document';
import { isDuplicateKey } from './mongo-errors';
import { deletePages, packValue, writePages } from './packed-values';

/** Collections whose documents contain a packed value. */
export type ValueCollection = {
  readonly [N in CollectionName]: CollectionDocuments[N] extends ValueDocument ? N : never;
}[CollectionName];

/** Members of a document other than its key and its value. */
export type DocumentMembers<N extends CollectionName> = Omit<CollectionDocuments[N], keyof ValueDocument>;

/** Stores or replaces a value. Readers see the old or the new one. */
export async function putValue<N extends ValueCollection>(
  context: MongoContext,
  name: N,
  record: { readonly id: string; readonly value: unknown; readonly members: DocumentMembers<N> },
): Promise<void> {
  const packed = packValue(record.value);
  await writePages(context, { collection: name, id: record.id }, packed);
  const replacement = { ...record.members, ...packed.members };
  const before = await twice(() =>
    untyped(context, name).findOneAndReplace({ _id: record.id }, replacement, {
      upsert: true,
      projection: { g: 1, n: 1 },
      returnDocument: 'before',
    }),
  );
  await deletePages(context, [before]);
}

/** Stores a value unless it exists already; returns whether it was stored. */
export async function insertValue<N extends ValueCollection>(
  context: MongoContext,
  name: N,
  record: { readonly id: string; readonly value: unknown; readonly members: DocumentMembers<N> },
): Promise<boolean> {
  const packed = packValue(record.value);
  await writePages(context, { collection: name, id: record.id }, packed);
  try {
    await untyped(context, name).insertOne({ _id: record.id, ...record.members, ...packed.members });
    return true;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    await deletePages(context, [packed.members]);
    return false;
  }
}

/** Deletes a document and the pages of its value; returns whether it existed. */
export async function deleteValue(context: MongoContext, name: ValueCollection, id: string): Promise<boolean> {
  const gone = await untyped(context, name).findOneAndDelete({ _id: id }, { projection: { g: 1, n: 1 } });
  await deletePages(context, [gone]);
  return gone !== null;
}

/** Members that locate further pages; a filter must have one of the declared shapes. */
export async function deleteValues(context: MongoContext, name: ValueCollection, filter: Document): Promise<number> {
  const found = untyped(context, name).find(filter, { projection: { g: 1, n: 1 } });
  let deleted = 0;
  for await (const chunk of chunks(found, 500)) {
    const gone = await untyped(context, name).deleteMany({ _id: { $in: chunk.map(({ _id }) => _id) } });
    deleted += gone.deletedCount;
    await deletePages(context, chunk);
  }
  return deleted;
}

const mostOperations = 1000;
const mostBytes = 8 * 1024 * 1024;

/** One write of a batch, with about how many bytes it sends. */
export interface BulkWrite {
  readonly operation: AnyBulkWriteOperation<UntypedDocument>;
  readonly bytes: number;
}

/**
 * Sends repeatable writes in batches that every server accepts, unordered within a batch. `before` runs before each
 * batch and may throw.
 */
export async function bulkWrite(
  context: MongoContext,
  name: CollectionName,
  { writes, before }: { readonly writes: readonly BulkWrite[]; readonly before?: () => Promise<void> },
): Promise<void> {
  let batch: AnyBulkWriteOperation<UntypedDocument>[] = [];
  let bytes = 0;
  const flush = async () => {
    if (batch.length === 0) return;
    await before?.();
    const sent = batch;
    batch = [];
    bytes = 0;
    await twice(() => untyped(context, name).bulkWrite(sent, { ordered: false }));
  };
  for (const write of writes) {
    if (batch.length >= mostOperations || bytes + write.bytes > mostBytes) await flush();
    batch.push(write.operation);
    bytes += write.bytes;
  }
  await flush();
}

/** A write that stores or replaces a whole document; `content` is its potentially large part. */
export function replacement(document: { readonly _id: string }, content: Uint8Array | readonly unknown[]): BulkWrite {
  const { _id, ...rest } = document;
  const sizes = content instanceof Uint8Array ? [content.length] : content.map(sizeOf);
  const bytes = sizes.reduce((sum, size) => sum + size, 1000);
  return { operation: { replaceOne: { filter: { _id }, replacement: rest, upsert: true } }, bytes };
}

function sizeOf(content: unknown): number {
  return typeof content === 'string' || content instanceof Uint8Array ? content.length : 0;
}

/**
 * For two concurrent upserts of one new document: the server may reject the second, whose retry then finds the
 * document.
 */
export async function twice<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return action();
  }
}

const mostTurns = 200;

/** Runs `action` until it does not resolve to undefined: others changed what it was about to change. */
export async function untilSettled<T>(
  what: string,
  action: () => Promise<{ readonly result: T } | undefined>,
): Promise<T> {
  for (let turn = 0; turn < mostTurns; turn += 1) {
    const done = await action();
    if (done !== undefined) return done.result;
    // Random delay, so that conflicting writers do not conflict again.
    await sleep(Math.random() * Math.min(200, 2 * (turn + 1)));
  }
  throw new ClarionError('upstream-unavailable', `too many others change ${what} at the same time`);
}

/** Gathers items in arrays of at most `size`. */
export async function* chunks<T>(items: AsyncIterable<T> | Iterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** A document of any collection. */
export type UntypedDocument = Document & Partial<Omit<ValueDocument, '_id'>> & { _id: string };

/** The driver's types of filters and updates are beyond what generic code can satisfy. */
export function untyped(context: MongoContext, name: CollectionName) {
  return context.db.collection<UntypedDocument>(name);
}
