import type { MongoContext } from './context';
import type { ValueDocument } from './value-document';
import { idsBelow, keyPart, recordKey, sequencePart } from './keys';
import { type FactCollection, foundBy, mentionIds } from './operations';
import { deletePages } from './packed-values';
import { keyOfRevision, type DocumentRevision } from './revisions';
import { chunks, untyped } from './writes';

/** A document's own key and revision, and which further documents belong to it. */
export type DocumentHead = DocumentRevision & Pick<ValueDocument, 'g' | 'n'> & { readonly mentions?: number };

/** How a document is found with its other revisions. */
interface Keyed {
  readonly key: string;
  readonly found: Readonly<Record<string, string>>;
}

const projection = { g: 1, n: 1, mentions: 1, rev: 1, gone: 1, feed: 1, document: 1 } as const;
const together = 500;
const factCollections = Object.keys(foundBy) as readonly FactCollection[];

/** All revisions of some documents. */
export async function headsOf(
  context: MongoContext,
  collection: FactCollection,
  documents: readonly Keyed[],
): Promise<readonly DocumentHead[]> {
  const member = foundBy[collection];
  const values = [...new Set(documents.flatMap(({ found }) => found[member] ?? []))];
  const keys = new Set(documents.map(({ key }) => key));
  const found = untyped(context, collection).find({ [member]: { $in: values } }, { projection });
  const heads: DocumentHead[] = [];
  for await (const head of found) if (keys.has(keyOfRevision(head._id))) heads.push(head);
  return heads;
}

/** Deletes documents with all dependent documents; with `further`, only those, except the `kept` ones. */
export async function deleteHeads(
  context: MongoContext,
  collection: FactCollection,
  options: { readonly heads: readonly DocumentHead[]; readonly further?: boolean; readonly kept?: ReadonlySet<string> },
): Promise<void> {
  const { heads, further = false, kept = new Set() } = options;
  if (heads.length === 0) return;
  // Mentions first: after an interruption the document still refers to them. Pages last: a document without its pages
  // is damaged.
  const mentions = heads.flatMap(mentionIds).filter((id) => !kept.has(id));
  for await (const ids of chunks(mentions, together)) {
    await context.collection('mentions').deleteMany({ _id: { $in: ids } });
  }
  if (!further) await untyped(context, collection).deleteMany({ _id: { $in: heads.map(({ _id }) => _id) } });
  await deletePages(context, heads);
}

/**
 * Deletes the documents that revision `rev` of some documents has replaced: removals last, because they hide the
 * others.
 */
export async function deleteSuperseded(
  context: MongoContext,
  collection: FactCollection,
  { documents, rev }: { readonly documents: readonly Keyed[]; readonly rev: number },
): Promise<void> {
  for await (const some of chunks(documents, together)) {
    const old = (await headsOf(context, collection, some)).filter((head) => (head.rev ?? 0) < rev);
    await deleteHeads(context, collection, { heads: old.filter(({ gone }) => gone === undefined) });
    await deleteHeads(context, collection, { heads: old.filter(({ gone }) => gone !== undefined) });
  }
}

/**
 * Deletes removals by updates of a feed before revision `rev`, with all their remaining documents. Not earlier: a
 * reader that saw a document just before its deletion must be able to see that it is gone.
 */
export async function deleteRemovals(context: MongoContext, feed: string, rev: number): Promise<void> {
  const gone = { $gt: recordKey(feed, sequencePart(0)), $lt: recordKey(feed, sequencePart(rev)) };
  for (const collection of factCollections) {
    const member = foundBy[collection];
    const found = untyped(context, collection).find({ gone }, { projection: { [member]: 1 } });
    for await (const some of chunks(found, together)) {
      const documents = some.map((one) => ({
        key: keyOfRevision(one._id),
        found: { [member]: String((one as Readonly<Record<string, unknown>>)[member]) },
      }));
      await deleteSuperseded(context, collection, { documents, rev });
    }
  }
}

/** Scans all stored documents of a feed, and deletes the unwanted ones, with their states. */
export async function sweepFeed(
  context: MongoContext,
  feed: string,
  isUnwanted: (document: DocumentRevision) => boolean,
): Promise<void> {
  for (const collection of factCollections) {
    const filter = collection === 'advisories' ? { document: idsBelow(feed) } : { feed: keyPart(feed) };
    const found = untyped(context, collection).find(filter, { projection });
    for await (const some of chunks(found, together)) {
      const heads = (some as unknown as DocumentHead[]).filter(isUnwanted);
      await deleteHeads(context, collection, { heads });
    }
  }
  await deleteStates(context, feed, isUnwanted);
}

/** Deletes states of a feed. */
export async function deleteStates(
  context: MongoContext,
  feed: string,
  isUnwanted: (document: DocumentRevision) => boolean,
): Promise<void> {
  const states = context.collection('states');
  const first = await states.findOne({ _id: keyPart(feed) }, { projection });
  const later = await states.find({ _id: idsBelow(feed) }, { projection }).toArray();
  const unwanted = [...(first === null ? [] : [first]), ...later].filter(isUnwanted);
  if (unwanted.length === 0) return;
  await states.deleteMany({ _id: { $in: unwanted.map(({ _id }) => _id) } });
  await deletePages(context, unwanted);
}
