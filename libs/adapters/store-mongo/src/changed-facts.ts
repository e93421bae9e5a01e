import type { ChangedFacts } from '@clarion/model';
import { changedFacts, type ChangedName } from '@clarion/store-rules';

import type { MongoContext } from './context';
import { idsBelow, keyPart, readableParts } from './keys';
import type { LogCollection } from './log-documents';
import { readValue } from './packed-values';
import { chunks, untyped } from './writes';

/** Collections with a row for each change, with what their keys have behind the update. */
const collections: readonly (readonly [LogCollection, readonly (keyof ChangedName)[]])[] = [
  ['changes', ['vulnerability', 'namespace', 'package']],
  ['groupChanges', ['namespace', 'package']],
  ['textChanges', ['vulnerability']],
  ['repositoryChanges', ['repository']],
];
const rowsTogether = 1000;

/** `HistoryStore.changedFacts`, from the keys of the rows. Rows that never became valid do no harm. */
export async function changedFactsOf(
  context: MongoContext,
  updates: readonly (readonly [feed: string, update: string])[],
  limit: number,
): Promise<ChangedFacts | undefined> {
  const names: ChangedName[] = [];
  let scores = false;
  for (const [feed, update] of updates) {
    for (const [collection, members] of collections) {
      const left = limit - names.length;
      const found = await rowsOf(context, collection, { feed, update, limit: left + 1 });
      if (found.length > left) return undefined;
      names.push(...(await namesOf(context, found, { collection, members })));
    }
    scores ||= (await rowsOf(context, 'scoreChanges', { feed, update, limit: 1 })).length > 0;
  }
  return changedFacts(names, scores);
}

interface RowsAsked {
  readonly feed: string;
  readonly update: string;
  readonly limit: number;
}

/** Ids of rows of an update, in their order. */
async function rowsOf(
  context: MongoContext,
  collection: LogCollection,
  { feed, update, limit }: RowsAsked,
): Promise<readonly string[]> {
  const found = untyped(context, collection)
    .find({ _id: idsBelow(update) }, { projection: { _id: 1, feed: 1 } })
    .sort({ _id: 1 })
    .batchSize(rowsTogether);
  const ids: string[] = [];
  for await (const row of found) {
    if (row['feed'] !== keyPart(feed)) continue;
    ids.push(row._id);
    if (ids.length === limit) break;
  }
  return ids;
}

async function namesOf(
  context: MongoContext,
  ids: readonly string[],
  { collection, members }: { readonly collection: LogCollection; readonly members: readonly (keyof ChangedName)[] },
): Promise<readonly ChangedName[]> {
  const names: ChangedName[] = [];
  const hashed: string[] = [];
  for (const id of ids) {
    const parts = readableParts(id);
    if (parts === undefined) hashed.push(id);
    else names.push(Object.fromEntries(members.map((member, at) => [member, parts[at + 1]])));
  }
  for await (const some of chunks(hashed, rowsTogether)) {
    const found = untyped(context, collection).find({ _id: { $in: some } });
    for await (const row of found) {
      const change = await readValue(context, collection, row as Parameters<typeof readValue>[2]);
      if (change !== undefined) names.push(change as ChangedName);
    }
  }
  return names;
}
