import {
  committedRevision,
  type BatchWriter,
  openUpdate,
  type OpenUpdate,
  peakAfter,
  storedTexts,
  type StoredTexts,
  type UpdatedFacts,
  writeRepositories,
  writeTexts,
} from '@clarion/feed-updating';
import type { AdvisoryGroup, AdvisoryGroupKey, FeedState, FeedUpdate } from '@clarion/model';
import type { BundleRecord, FeedNumbers } from './bundle-record';
import { emptyTally, type FeedTally } from './feed-tally';

/** A feed as a bundle describes it. */
export type FeedOfBundle = Omit<Extract<BundleRecord, { kind: 'feed' }>, 'kind'>;

/** A running import of one feed. */
export interface FeedImport extends OpenUpdate {
  /** The state from the bundle. */
  readonly state: FeedState;
  readonly numbers: FeedNumbers | undefined;
  readonly last: FeedState | undefined;
  readonly tally: FeedTally;
  /** Content hashes of the groups that the store has, by `keyOf`. */
  readonly storedGroups: ReadonlyMap<string, string>;
  readonly storedTexts: StoredTexts;
  readonly texts: BatchWriter<'vulnerability'>;
  readonly repositories: BatchWriter<'repository'>;
  /** Stored facts that are not in the bundle. */
  readonly lost: { groups: number; texts: number };
}

export interface StartOptions {
  readonly now: Date;
  /** Nobody is notified of changes. */
  readonly unpublished?: boolean | undefined;
}

/** Opens the update for the import of one feed. */
export async function startImport(
  store: UpdatedFacts,
  { state, numbers }: FeedOfBundle,
  options: StartOptions,
): Promise<FeedImport> {
  const { feed } = state;
  const last = (await store.feedStates()).find((one) => one.feed === feed);
  const update = await openUpdate(feed, { store, last, ...options });
  try {
    const { writer, notes } = update;
    const stored = storedTexts(store, feed, { exact: true });
    const target = { store, writer, notes, storedTexts: stored, textIds: undefined };
    return {
      ...update,
      ...{ state, numbers, last, tally: emptyTally(), lost: { groups: 0, texts: 0 } },
      storedGroups: notes === undefined ? new Map() : await groupsOf(store, last),
      storedTexts: stored,
      texts: writeTexts(target),
      repositories: writeRepositories(target),
    };
  } catch (error) {
    await update.writer.abort();
    throw error;
  }
}

async function groupsOf(store: UpdatedFacts, last: FeedState | undefined): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const document of Object.keys(last?.documents ?? {})) {
    for await (const [key, hash] of store.groupHashes(last?.feed ?? '', document)) hashes.set(keyOf(key), hash);
  }
  return hashes;
}

/** Stages a group that differs from the stored one. */
export async function importGroup(
  { writer, notes, storedGroups }: FeedImport,
  { group, print }: { readonly group: AdvisoryGroup; readonly print: string },
): Promise<void> {
  if (storedGroups.get(keyOf(group)) === print) return;
  await notes?.group(group, group);
  await writer.put(group, print);
}

/** What becomes visible: the facts, and a state with the counts and the history of this store. */
export function committed(
  { state, writer, revision, tally, last, notes }: FeedImport,
  { now, force }: { readonly now: Date; readonly force: boolean },
): FeedUpdate {
  const { place: _, countsPending: _pending, peak: _peak, ...known } = state;
  // Counts follow from recorded changes. Where none are recorded, an image may have been submitted while this ran.
  const countsPending = last?.countsPending === true || notes === undefined;
  const groups = tally.groups.size;
  const counts = { groups, statements: tally.advisories, ...(groups === 0 ? { texts: tally.texts.size } : {}) };
  const peak = peakAfter(last, counts, { now, force });
  return {
    writer,
    state: { ...known, ...(countsPending ? { countsPending } : {}), imported: true, peak },
    revision: committedRevision({ revision, notes }, now),
  };
}

/** The key of a group during an import. */
export function keyOf({ namespace, package: name, document }: AdvisoryGroupKey): string {
  return JSON.stringify([namespace, name, document]);
}
