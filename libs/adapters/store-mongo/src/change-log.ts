import type { MongoContext } from './context';
import { keyPart, idsUnder, recordKey } from './keys';
import type { LogCollection } from './log-documents';
import { logRow, type LogRow, type LogStep } from './log-steps';
import { deletePages, packValue, pageDocuments } from './packed-values';
import { type BulkWrite, bulkWrite, chunks, replacement, untyped } from './writes';

export const logCollections = ['changes', 'textChanges', 'groupChanges', 'repositoryChanges', 'scoreChanges'] as const;

/** The revision that an update writes, and what runs before every batch. */
interface LogWriting {
  readonly feed: string;
  readonly rev: number;
  readonly guard: () => Promise<void>;
}

/**
 * Writes rows of the log under the revision of their update: they count when it becomes valid. May be repeated. Pages of
 * a value that was written before are removed by `prune`.
 */
export async function writeLog(
  context: MongoContext,
  steps: readonly LogStep[],
  { feed, rev, guard }: LogWriting,
): Promise<void> {
  for (const [collection, rows] of rowsByCollection(steps)) {
    const packed = rows.map(({ id, members, value }) => ({ id, members, value: packValue(value) }));
    const pages = packed.flatMap(({ id, value }) =>
      pageDocuments({ collection, id, at: context.now() }, value).map((page) => replacement(page, page.v)),
    );
    await bulkWrite(context, 'pages', { writes: pages, before: guard });
    const writes = packed.map(({ id, members, value }) => {
      const document = { _id: id, ...members, feed: keyPart(feed), rev, ...value.members };
      return replacement(document, [value.members.v]);
    });
    await bulkWrite(context, collection, { writes, before: guard });
  }
}

/** The last row of each key, by collection. */
function rowsByCollection(steps: readonly LogStep[]): ReadonlyMap<LogCollection, readonly LogRow[]> {
  const byId = new Map<LogCollection, Map<string, LogRow>>();
  for (const row of steps.map(logRow)) {
    const rows = byId.get(row.collection) ?? new Map<string, LogRow>();
    byId.set(row.collection, rows.set(row.id, row));
  }
  return new Map([...byId].map(([collection, rows]) => [collection, [...rows.values()]]));
}

/**
 * Makes those of the changes pending that are not silent, after the log was written and its revision is valid. What was
 * published before a crash stays published.
 */
export async function queueChanges(
  context: MongoContext,
  steps: readonly LogStep[],
  { rev, guard }: LogWriting,
): Promise<void> {
  const loud = steps.filter((step) => step.kind === 'change' && step.change.silent !== true);
  const writes = new Map<string, BulkWrite>();
  for (const [collection, rows] of rowsByCollection(loud)) {
    for await (const some of chunks(rows, 1000)) {
      // Another change of the same in this update may have replaced it.
      const found = untyped(context, collection).find(
        { _id: { $in: some.map(({ id }) => id) } },
        { projection: rowHead },
      );
      const ids = new Set<string>();
      for await (const { _id, rev: of, silent } of found) if (of === rev && silent !== true) ids.add(_id);
      for (const { id, value } of some) {
        if (!ids.has(id)) continue;
        const { update, vulnerability } = value as { readonly update: string; readonly vulnerability: string };
        const key = recordKey(update, vulnerability);
        const insert = { $setOnInsert: { update, vulnerability, told: false } };
        const bytes = 300 + update.length + vulnerability.length;
        writes.set(key, { operation: { updateOne: { filter: { _id: key }, update: insert, upsert: true } }, bytes });
      }
    }
  }
  await bulkWrite(context, 'changed', { writes: [...writes.values()], before: guard });
}

export const rowHead = { rev: 1, feed: 1, silent: 1, g: 1, n: 1 } as const;

/** Deletes rows that an abandoned revision wrote. */
export async function deleteLog(context: MongoContext, steps: readonly LogStep[], rev: number): Promise<void> {
  for (const [collection, rows] of rowsByCollection(steps)) {
    for await (const some of chunks(rows, 1000)) {
      const found = untyped(context, collection).find(
        { _id: { $in: some.map(({ id }) => id) } },
        { projection: rowHead },
      );
      await deleteRows(
        context,
        collection,
        (await found.toArray()).filter((row) => row['rev'] === rev),
      );
    }
  }
}

/** Deletes all rows of an update of a feed below a revision. */
export async function deleteLogOf(
  context: MongoContext,
  { feed, update, below }: { readonly feed: string; readonly update: string; readonly below: number },
): Promise<void> {
  for (const collection of logCollections) {
    const found = untyped(context, collection).find({ _id: idsUnder(keyPart(update)) }, { projection: rowHead });
    for await (const some of chunks(found, 1000)) {
      const unwanted = some.filter((row) => row['feed'] === feed && Number(row['rev']) < below);
      await forgetRows(context, collection, unwanted);
    }
  }
}

/** Removes rows from the history. What waits for being published stays, however old it is, but only for that. */
export async function forgetRows(
  context: MongoContext,
  collection: LogCollection,
  rows: readonly RowHead[],
): Promise<void> {
  const canWait = collection === 'changes' || collection === 'textChanges';
  const pending = canWait ? await pendingOf(context, rows) : new Set();
  const waiting = rows.filter(({ _id, silent }) => silent !== true && pending.has(changedId(_id)));
  if (waiting.length > 0) {
    const filter = { _id: { $in: waiting.map(({ _id }) => _id) } };
    await untyped(context, collection).updateMany(filter, {
      $unset: { feed: '', rev: '', name: '', vulnerability: '' },
    });
  }
  const kept = new Set(waiting.map(({ _id }) => _id));
  await deleteRows(
    context,
    collection,
    rows.filter(({ _id }) => !kept.has(_id)),
  );
}

async function pendingOf(context: MongoContext, rows: readonly RowHead[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(rows.map(({ _id }) => changedId(_id)))];
  const filter = { _id: { $in: ids }, told: false };
  const found = await context
    .collection('changed')
    .find(filter, { projection: { _id: 1 } })
    .toArray();
  return new Set(found.map(({ _id }) => _id));
}

/** The `_id` in `changed` of a row: update and vulnerability. */
function changedId(id: string): string {
  return id.split('\t', 2).join('\t');
}

interface RowHead {
  readonly _id: string;
  readonly silent?: unknown;
  readonly g?: string;
  readonly n?: number;
}

/** Deletes rows of the log with their pages. */
async function deleteRows(context: MongoContext, collection: LogCollection, rows: readonly RowHead[]): Promise<void> {
  if (rows.length === 0) return;
  await untyped(context, collection).deleteMany({ _id: { $in: rows.map(({ _id }) => _id) } });
  await deletePages(context, rows);
}
