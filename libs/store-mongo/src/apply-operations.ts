import type { MongoContext } from './context';
import type { ValueDocument } from './documents';
import { recordKey } from './keys';
import {
  documentWrites,
  type DocumentWrite,
  mentionIds,
  type Operation,
  type ScoreWrite,
  scoreWrites,
} from './operations';
import { deletePages, packValue, pageDocuments, type PackedValue, readValue } from './packed-values';
import type { ScoreRow } from './score-rows';
import { type BulkWrite, bulkWrite, untyped } from './writes';

/** Runs ahead of every batch that is sent, and may throw to stop it. */
export type Guard = () => Promise<void>;

/** Does what operations say. Doing it again, from the start or from the middle, changes nothing. */
export async function applyOperations(
  context: MongoContext,
  operations: readonly Operation[],
  guard: Guard,
): Promise<void> {
  const byCollection = new Map<DocumentWrite['collection'], Map<string, DocumentWrite>>();
  const scores = new Map<string, ScoreWrite[]>();
  for (const operation of operations) {
    for (const write of documentWrites(operation)) {
      const writes = byCollection.get(write.collection) ?? new Map<string, DocumentWrite>();
      byCollection.set(write.collection, writes.set(write.id, write));
    }
    for (const write of scoreWrites(operation)) {
      scores.set(write.page, [...(scores.get(write.page) ?? []), write]);
    }
  }
  for (const [collection, writes] of byCollection) {
    for (const chunk of chunked([...writes.values()], 500))
      await applyWrites(context, { collection, writes: chunk }, guard);
  }
  for (const chunk of chunked([...scores.values()], 500)) await applyScores(context, chunk, guard);
  // An outbox row is there once its changes are.
  await announceChanges(context, operations, guard);
}

function* chunked<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/** What further documents a document refers to. */
type Head = Pick<ValueDocument, '_id' | 'g' | 'n'> & { readonly mentions?: number };

/** Further documents come before those that name them, and go after. */
async function applyWrites(
  context: MongoContext,
  {
    collection,
    writes,
  }: { readonly collection: DocumentWrite['collection']; readonly writes: readonly DocumentWrite[] },
  guard: Guard,
): Promise<void> {
  const heads = (await untyped(context, collection)
    .find({ _id: { $in: writes.map(({ id }) => id) } }, { projection: { g: 1, n: 1, mentions: 1 } })
    .toArray()) as unknown as Head[];
  const packed = writes.map((write) => ({ write, packed: write.content && packValue(write.content.value) }));
  const pages = packed.flatMap((one) =>
    one.packed === undefined
      ? []
      : pageDocuments({ collection, id: one.write.id, at: context.now() }, one.packed).map((page) =>
          replacement(page, page.v),
        ),
  );
  await bulkWrite(context, 'pages', { writes: pages, before: guard });
  const mentions = writes.flatMap(({ content }) => content?.mentions ?? []);
  const further = mentions.map((one) => replacement(one, one.ids));
  await bulkWrite(context, 'mentions', { writes: further, before: guard });
  const documents = packed.map((one) => bulkOf(one.write, one.packed));
  await bulkWrite(context, collection, { writes: documents, before: guard });
  await deletePages(context, heads);
  const kept = new Set(mentions.map(({ _id }) => _id));
  const gone = heads.flatMap(mentionIds).filter((id) => !kept.has(id));
  await bulkWrite(context, 'mentions', { writes: gone.map(deletion), before: guard });
}

function bulkOf(write: DocumentWrite, packed: PackedValue | undefined): BulkWrite {
  if (write.content === undefined || packed === undefined) return deletion(write.id);
  const { members } = write.content;
  return replacement({ _id: write.id, ...members, ...packed.members }, [packed.members.v, JSON.stringify(members)]);
}

function replacement(document: { readonly _id: string }, content: Uint8Array | readonly unknown[]): BulkWrite {
  const { _id, ...rest } = document;
  const sizes = content instanceof Uint8Array ? [content.length] : content.map(sizeOf);
  const bytes = sizes.reduce((sum, size) => sum + size, 1000);
  return { operation: { replaceOne: { filter: { _id }, replacement: rest, upsert: true } }, bytes };
}

function sizeOf(content: unknown): number {
  return typeof content === 'string' || content instanceof Uint8Array ? content.length : 0;
}

function deletion(id: string): BulkWrite {
  return { operation: { deleteOne: { filter: { _id: id } } }, bytes: 300 };
}

async function applyScores(
  context: MongoContext,
  pages: readonly (readonly ScoreWrite[])[],
  guard: Guard,
): Promise<void> {
  const ids = pages.flatMap(([first]) => first?.page ?? []);
  const known = new Map<string, readonly ScoreRow[]>();
  for (const document of await context
    .collection('scores')
    .find({ _id: { $in: ids } })
    .toArray()) {
    const rows = (await readValue(context, 'scores', document)) as readonly ScoreRow[] | undefined;
    known.set(document._id, rows ?? []);
  }
  const writes = pages.flatMap((changes): readonly BulkWrite[] => {
    const [first] = changes;
    if (first === undefined) return [];
    const rows = new Map((known.get(first.page) ?? []).map((row) => [row[0], row]));
    for (const { id, row } of changes) {
      if (row === undefined) rows.delete(id);
      else rows.set(id, row);
    }
    if (rows.size === 0) return known.has(first.page) ? [deletion(first.page)] : [];
    const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
    // A hundred rows of known form: never longer than a page.
    const { members } = packValue(sorted);
    return [replacement({ _id: first.page, ...{ bucket: first.bucket, feed: first.feed }, ...members }, [members.v])];
  });
  await bulkWrite(context, 'scores', { writes, before: guard });
}

async function announceChanges(context: MongoContext, operations: readonly Operation[], guard: Guard): Promise<void> {
  const rows = new Map<string, BulkWrite>();
  for (const operation of operations) {
    if (operation.kind !== 'change') continue;
    const { update, vulnerability } = operation.change;
    const id = recordKey(update, vulnerability);
    // Told before a crash stays told.
    const insert = { $setOnInsert: { update, vulnerability, told: false } };
    const bytes = 300 + update.length + vulnerability.length;
    rows.set(id, { operation: { updateOne: { filter: { _id: id }, update: insert, upsert: true } }, bytes });
  }
  await bulkWrite(context, 'changed', { writes: [...rows.values()], before: guard });
}
