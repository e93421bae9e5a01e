import { changedRows, type ScoreRow } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { recordKey, sequencePart } from './keys';
import {
  documentWrites,
  type DocumentWrite,
  type FactCollection,
  mentionId,
  type UpdateOperation,
  type ScoreWrite,
  scoreWrites,
} from './operations';
import { packValue, pageDocuments, type PackedValue, readValue } from './packed-values';
import { deleteHeads, type DocumentHead, headsOf } from './revision-heads';
import { current, keyOfRevision, revisionId, type FeedRevisions } from './revisions';
import { type BulkWrite, bulkWrite, replacement } from './writes';

/** Runs before every batch, and may throw to stop it. */
export type BatchGuard = () => Promise<void>;

/** The revision that an update writes, and the valid ones in that time. */
export interface ApplyOptions {
  readonly feed: string;
  readonly rev: number;
  readonly revisions: FeedRevisions;
  readonly guard: BatchGuard;
}

/** Writes the operations of an update under its revision, which is not visible yet. May be repeated. */
export async function applyOperations(
  context: MongoContext,
  operations: readonly UpdateOperation[],
  applying: ApplyOptions,
): Promise<void> {
  const byCollection = new Map<FactCollection, Map<string, DocumentWrite>>();
  const scores = new Map<string, ScoreWrite[]>();
  for (const operation of operations) {
    for (const write of documentWrites(operation)) {
      const writes = byCollection.get(write.collection) ?? new Map<string, DocumentWrite>();
      byCollection.set(write.collection, writes.set(write.key, write));
    }
    for (const write of scoreWrites(operation)) {
      scores.set(write.page, [...(scores.get(write.page) ?? []), write]);
    }
  }
  for (const [collection, writes] of byCollection) {
    for (const chunk of chunked([...writes.values()], 500)) await applyWrites(context, collection, chunk, applying);
  }
  for (const chunk of chunked([...scores.values()], 500)) await applyScores(context, chunk, applying);
}

export function* chunked<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

async function applyWrites(
  context: MongoContext,
  collection: FactCollection,
  ...[writes, applying]: readonly [readonly DocumentWrite[], ApplyOptions]
): Promise<void> {
  const heads = await headsOf(context, collection, writes);
  const known = new Set(heads.map(({ _id }) => keyOfRevision(_id)));
  // Records that never existed need not be removed.
  const needed = writes.filter(({ key, content }) => content !== undefined || known.has(key));
  await writeDocuments(context, { collection, writes: needed, own: heads }, applying);
}

interface Written {
  readonly collection: FactCollection;
  readonly writes: readonly DocumentWrite[];
  /** Documents of the same keys; those that this update itself wrote before are replaced. */
  readonly own: readonly DocumentHead[];
}

async function writeDocuments(
  context: MongoContext,
  { collection, writes, own }: Written,
  { feed, rev, guard }: ApplyOptions,
): Promise<void> {
  const packed = writes.map((write) => ({
    write,
    id: revisionId(write.key, rev),
    packed: packValue(write.content?.value ?? null),
  }));
  const pages = packed.flatMap(({ id, packed: value }) =>
    pageDocuments({ collection, id, at: context.now() }, value).map((page) => replacement(page, page.v)),
  );
  await bulkWrite(context, 'pages', { writes: pages, before: guard });
  const mentions = packed.flatMap(({ write, id }) =>
    (write.mentions ?? []).map((one, number) => ({ _id: mentionId(id, number), ...one })),
  );
  const gone = recordKey(feed, sequencePart(rev));
  const documents = packed.map((one) => documentOf(one, { rev, gone }));
  await bulkWrite(context, collection, { writes: documents, before: guard });
  // Written after the document that refers to them, so that abandoned ones are found; not visible to readers yet.
  await bulkWrite(context, 'mentions', { writes: mentions.map((one) => replacement(one, one.ids)), before: guard });
  const ids = new Set(packed.map(({ id }) => id));
  const replaced = own.filter(({ _id }) => ids.has(_id));
  await deleteHeads(context, collection, {
    heads: replaced,
    further: true,
    kept: new Set(mentions.map(({ _id }) => _id)),
  });
}

function documentOf(
  { write, id, packed }: { readonly write: DocumentWrite; readonly id: string; readonly packed: PackedValue },
  revision: { readonly rev: number; readonly gone: string },
): BulkWrite {
  const members = { ...write.found, ...write.content?.members, rev: revision.rev };
  const removal = write.content === undefined ? { gone: revision.gone } : {};
  return replacement({ _id: id, ...members, ...removal, ...packed.members }, [
    packed.members.v,
    JSON.stringify(members),
  ]);
}

/** Reads the current page, or the one that this update has already written, and writes it with the changed rows. */
async function applyScores(
  context: MongoContext,
  pages: readonly (readonly ScoreWrite[])[],
  applying: ApplyOptions,
): Promise<void> {
  const buckets = [...new Set(pages.flatMap(([first]) => first?.bucket ?? []))];
  const found = await context
    .collection('scores')
    .find({ bucket: { $in: buckets } })
    .toArray();
  const own = found.filter(({ rev, feed }) => rev === applying.rev && feed === applying.feed);
  const written = new Set(own.map(({ _id }) => keyOfRevision(_id)));
  const before = current(found, applying.revisions).filter(({ _id }) => !written.has(keyOfRevision(_id)));
  const known = new Map<string, readonly ScoreRow[]>();
  for (const document of [...before, ...own]) {
    const rows = document.gone === undefined ? await readValue(context, 'scores', document) : [];
    known.set(keyOfRevision(document._id), (rows as readonly ScoreRow[] | undefined) ?? []);
  }
  const writes = pages.flatMap((changes): readonly DocumentWrite[] => {
    const [first] = changes;
    if (first === undefined) return [];
    const { page: key, bucket, feed } = first;
    const rows = changedRows(
      known.get(key) ?? [],
      changes.map(({ id, row }) => row ?? [id]),
    );
    const write = { collection: 'scores', key, found: { bucket, feed } } as const;
    if (rows.length > 0) return [{ ...write, content: { value: rows } }];
    return known.has(key) ? [write] : [];
  });
  // A hundred rows of known form: never longer than a page, so that there are no further pages.
  await writeDocuments(context, { collection: 'scores', writes, own: [] }, applying);
}
