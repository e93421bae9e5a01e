import type { TextChange } from '@clarion/model';
import { unpackScoreChanges } from '@clarion/store-rules';

import type { MongoContext } from './context';
import type { LogDocuments } from './log-documents';
import { keyPart } from './keys';
import { behindUpdate, changesIn, isSelected, logRows, type LogSelection, updateOf } from './log-reader';
import type { ScorePage } from './log-steps';
import { readValue } from './packed-values';
import { bucketOf } from './score-rows';

type ChangesById = ReadonlyMap<string, readonly TextChange[]>;

interface TextOptions {
  readonly selection: LogSelection;
  /** Only the first change of each record is needed. */
  readonly firstOnly: boolean;
}

/** Changes of the records of some vulnerabilities, in the order of their updates. */
export async function changesOfTexts(
  context: MongoContext,
  ids: readonly string[],
  { selection, firstOnly }: TextOptions,
): Promise<ChangesById> {
  const rows = await rowsOfTexts(context, ids, { selection, firstOnly });
  const scores = firstOnly ? await firstScores(context, ids, selection) : await allScores(context, ids, selection);
  const byId = new Map<string, readonly TextChange[]>();
  for (const id of new Set([...rows.keys(), ...scores.keys()])) {
    // A row replaces what a page has of the same update.
    const changes = new Map<string, TextChange>();
    for (const change of [...(scores.get(id) ?? []), ...(rows.get(id) ?? [])]) {
      changes.set(JSON.stringify([change.update, change.feed]), change);
    }
    byId.set(
      id,
      [...changes.values()].sort((a, b) => Number(a.update > b.update) - Number(a.update < b.update)),
    );
  }
  return byId;
}

async function rowsOfTexts(
  context: MongoContext,
  ids: readonly string[],
  { selection, firstOnly }: TextOptions,
): Promise<ChangesById> {
  const query = { filter: { vulnerability: { $in: ids.map(keyPart) } }, sort: { vulnerability: 1, _id: 1 } } as const;
  const rows = logRows(context, 'textChanges', query, selection);
  const byId = new Map<string, TextChange[]>();
  for await (const change of changesIn<TextChange>(context, 'textChanges', rows, selection)) {
    const known = byId.get(change.vulnerability);
    if (known === undefined) byId.set(change.vulnerability, [change]);
    else if (!firstOnly || known.every(({ feed }) => feed !== change.feed)) known.push(change);
  }
  return byId;
}

/** The ids that can have scores, by their bucket. */
function byBucket(ids: readonly string[]): Map<string, Set<string>> {
  const buckets = new Map<string, Set<string>>();
  for (const id of ids) {
    const bucket = bucketOf(id);
    if (bucket === undefined) continue;
    const known = buckets.get(bucket);
    if (known === undefined) buckets.set(bucket, new Set([id]));
    else known.add(id);
  }
  return buckets;
}

async function allScores(context: MongoContext, ids: readonly string[], selection: LogSelection): Promise<ChangesById> {
  const buckets = byBucket(ids);
  const byId = new Map<string, TextChange[]>();
  if (selection.scores.size === 0 || buckets.size === 0) return byId;
  for await (const row of scorePages(context, buckets.keys(), selection)) {
    for (const change of await scoresIn(context, row, { selection, ids: buckets.get(row.bucket) })) {
      const known = byId.get(change.vulnerability);
      if (known === undefined) byId.set(change.vulnerability, [change]);
      else known.push(change);
    }
  }
  return byId;
}

function scorePages(context: MongoContext, buckets: Iterable<string>, selection: LogSelection) {
  const query = { filter: { bucket: { $in: [...buckets] } }, sort: { bucket: 1, _id: 1 } } as const;
  return logRows(context, 'scoreChanges', query, selection);
}

async function scoresIn(
  context: MongoContext,
  row: LogDocuments['scoreChanges'],
  { selection, ids }: { readonly selection: LogSelection; readonly ids: ReadonlySet<string> | undefined },
): Promise<readonly TextChange[]> {
  const page = (await readValue(context, 'scoreChanges', row)) as ScorePage | undefined;
  // The key of a feed with pages is the feed.
  const of = { feed: row.feed ?? '', update: page?.update ?? '' };
  if (page === undefined || !isSelected(selection, of)) return [];
  return unpackScoreChanges(page.scores, of, ids);
}

/**
 * The first change of each score. Nearly all scores change every day, so the first page of most is that of the next
 * update: pages are read in steps of more and more updates, for what was not found yet.
 */
async function firstScores(
  context: MongoContext,
  ids: readonly string[],
  selection: LogSelection,
): Promise<ChangesById> {
  const { scores: feeds } = selection;
  const open = byBucket(ids);
  const byId = new Map<string, TextChange[]>();
  const [first] = open.keys();
  if (feeds.size === 0 || first === undefined) return byId;
  const updates = await updatesOfBucket(context, first, selection);
  let { after } = selection;
  for (let at = 0, step = 1; open.size > 0 && at <= updates.length; at += step, step *= 2) {
    const last = updates[at + step - 1];
    const below = last === undefined ? undefined : behindUpdate(last);
    for await (const row of scorePages(context, open.keys(), { ...selection, after, below })) {
      for (const change of await scoresIn(context, row, { selection, ids: open.get(row.bucket) })) {
        const known = byId.get(change.vulnerability) ?? [];
        byId.set(change.vulnerability, known);
        if (known.every(({ feed }) => feed !== change.feed)) known.push(change);
      }
    }
    if (below === undefined) break;
    after = below;
    for (const [bucket, wanted] of open) {
      for (const id of wanted) if (byId.get(id)?.length === feeds.size) wanted.delete(id);
      if (wanted.size === 0) open.delete(bucket);
    }
  }
  return byId;
}

/** The updates that changed a bucket, as keys. */
async function updatesOfBucket(
  context: MongoContext,
  bucket: string,
  selection: LogSelection,
): Promise<readonly string[]> {
  const bounds = selection.after === undefined ? {} : { _id: { $gt: selection.after } };
  const found = context
    .collection('scoreChanges')
    .find({ bucket, ...bounds } as object, { projection: { _id: 1 } })
    .sort({ _id: 1 });
  const updates = new Set<string>();
  for await (const { _id } of found) updates.add(updateOf(_id));
  return [...updates];
}
