import type {
  AdvisoryChange,
  FactChange,
  GroupChange,
  HistoryStore,
  RepositoryChange,
  TextChange,
} from '@clarion/model';

import { logCollections } from './change-log';
import { changedFactsOf } from './changed-facts';
import type { MongoContext } from './context';
import { feedRevisions } from './feed-revisions';
import { keyPart, recordKey } from './keys';
import type { LogDocuments } from './log-documents';
import { changesIn, isSelected, logRows, type LogSelection, selectLog } from './log-reader';
import { merged } from './merged';
import { explained, explainedEach } from './mongo-errors';
import { readValue } from './packed-values';
import { removedFeeds } from './removed-feeds';
import { counts, readRevisions } from './revisions';
import { changesOfTexts } from './text-history';
import { chunks } from './writes';

const namesTogether = 1000;
const idsTogether = 50;

/** The log of changes and the revisions of feeds. */
export function historyStore(context: MongoContext): HistoryStore {
  const each = <T>(since: Parameters<typeof selectLog>[1], read: (selection: LogSelection) => AsyncIterable<T>) =>
    explainedEach(async function* () {
      const selection = await selectLog(context, since);
      if (selection !== undefined) yield* read(selection);
    });
  return {
    ...feedRevisions(context),
    historySize: () => explained(() => historySize(context)),
    removedFeeds: () => explained(() => removedFeeds(context)),
    historyFrom: () => explained(() => historyFrom(context)),
    packageChanges: (names, since, { firstOnly = false } = {}) =>
      each(since, (selection) => packageChanges(context, names, { selection, firstOnly })),
    groupChanges: (namespace, since) =>
      each(since, (selection) => {
        const query = { filter: { namespace: keyPart(namespace) }, sort: { _id: 1 } } as const;
        const rows = logRows(context, 'groupChanges', query, selection);
        return changesIn<GroupChange>(context, 'groupChanges', rows, selection);
      }),
    textChanges: (ids, since, { firstOnly = false } = {}) =>
      each(since, (selection) => textChanges(context, ids, { selection, firstOnly })),
    repositoryChanges: (names, since) => each(since, (selection) => repositoryChanges(context, names, selection)),
    changedFacts: (updates, limit) => explained(() => changedFactsOf(context, updates, limit)),
    vulnerabilityChanges: (id, since = new Map<string, string>()) =>
      each(since, (selection) => vulnerabilityChanges(context, id, selection)),
  };
}

type NamedRow =
  | { readonly collection: 'changes'; readonly row: LogDocuments['changes'] }
  | { readonly collection: 'groupChanges'; readonly row: LogDocuments['groupChanges'] };

async function* packageChanges(
  context: MongoContext,
  names: readonly (readonly [string, string])[],
  { selection, firstOnly }: { readonly selection: LogSelection; readonly firstOnly: boolean },
): AsyncGenerator<AdvisoryChange | GroupChange> {
  const seen = new Set<string>();
  const keys = new Set(names.map(([namespace, name]) => recordKey(namespace, name)));
  for await (const some of chunks(keys, namesTogether)) {
    const query = { filter: { name: { $in: some } }, sort: { name: 1, _id: 1 } } as const;
    const isBefore = ({ row: a }: NamedRow, { row: b }: NamedRow): boolean =>
      a.name === b.name ? a._id < b._id : String(a.name) < String(b.name);
    const rows = merged<NamedRow>(
      named('changes', logRows(context, 'changes', query, selection)),
      named('groupChanges', logRows(context, 'groupChanges', query, selection)),
      isBefore,
    );
    for await (const { collection, row } of rows) {
      // Behind the update: of a thing that has changed often, only the first value is unpacked.
      const thing = row._id.slice(row._id.indexOf('\t'));
      if (seen.has(thing)) continue;
      const change = (await readValue(context, collection, row)) as AdvisoryChange | GroupChange | undefined;
      if (change === undefined || !isSelected(selection, change)) continue;
      if (firstOnly) seen.add(thing);
      yield change;
    }
  }
}

async function* named<N extends NamedRow['collection']>(
  collection: N,
  rows: AsyncIterable<LogDocuments[N]>,
): AsyncGenerator<NamedRow> {
  for await (const row of rows) yield { collection, row } as NamedRow;
}

async function* textChanges(
  context: MongoContext,
  ids: readonly string[],
  options: { readonly selection: LogSelection; readonly firstOnly: boolean },
): AsyncGenerator<TextChange> {
  // All changes of scores of a vulnerability are in memory: one a day.
  for await (const some of chunks(new Set(ids), options.firstOnly ? namesTogether : idsTogether)) {
    for (const changes of (await changesOfTexts(context, some, options)).values()) yield* changes;
  }
}

async function* repositoryChanges(
  context: MongoContext,
  names: readonly string[],
  selection: LogSelection,
): AsyncGenerator<RepositoryChange> {
  for await (const some of chunks(new Set(names.map(keyPart)), namesTogether)) {
    const query = { filter: { repository: { $in: some } }, sort: { repository: 1, _id: 1 } } as const;
    const rows = logRows(context, 'repositoryChanges', query, selection);
    yield* changesIn<RepositoryChange>(context, 'repositoryChanges', rows, selection);
  }
}

async function* vulnerabilityChanges(
  context: MongoContext,
  id: string,
  selection: LogSelection,
): AsyncGenerator<FactChange> {
  const query = { filter: { vulnerability: keyPart(id) }, sort: { _id: 1 } } as const;
  const advisories = changesIn<AdvisoryChange>(
    context,
    'changes',
    logRows(context, 'changes', query, selection),
    selection,
  );
  const texts = textChanges(context, [id], { selection, firstOnly: false });
  yield* merged<FactChange>(advisories, texts, (a, b) => a.update < b.update);
}

/** Counts what revisions say, and adds up what the database says of collections and indexes. */
async function historySize(context: MongoContext): ReturnType<HistoryStore['historySize']> {
  let changes = 0;
  const revisions = await readRevisions(context);
  const found = context
    .collection('feedRevisions')
    .find({}, { projection: { v: 0 } })
    .sort({ _id: 1 });
  for await (const revision of found) if (counts(revisions, revision)) changes += revision.changes;
  let bytes = 0;
  for (const collection of [...logCollections, 'feedRevisions'] as const) {
    const stats = await context.db.command({ collStats: collection });
    bytes += Number(stats['size'] ?? 0) + Number(stats['totalIndexSize'] ?? 0);
  }
  return { changes, bytes };
}

/** RFC 3339: the log is complete from then on. */
async function historyFrom(context: MongoContext): Promise<string | undefined> {
  return (await context.collection('meta').findOne({ _id: 'history' }))?.from;
}
