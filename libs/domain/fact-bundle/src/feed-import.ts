import { type ChangeNoter, noteChanges, type ChangeRecording, peakAfter } from '@clarion/feed-updating';
import type { AdvisoryGroupKey, FeedFacts, FeedState, FeedWriter } from '@clarion/model';
import type { BundleRecord, FeedNumbers } from './bundle-record';
import { emptyTally, type FeedTally } from './feed-tally';

/** A feed as a bundle describes it. */
export type FeedOfBundle = Omit<Extract<BundleRecord, { kind: 'feed' }>, 'kind'>;

/** A running import of one feed. */
export interface FeedImport {
  /** The state from the bundle. */
  readonly state: FeedState;
  readonly numbers: FeedNumbers | undefined;
  readonly last: FeedState | undefined;
  readonly writer: FeedWriter;
  readonly tally: FeedTally;
  /** Stored facts that are not in the bundle. */
  readonly lost: { groups: number; texts: number };
  storedTexts: number;
  /** Absent if changes of this feed are not published. */
  readonly notes: ImportNotes | undefined;
}

interface ImportNotes extends Omit<ChangeNoter, 'write'> {
  /** Whether a group is stored with the same content as in the bundle. */
  isStored(key: string, hash: string): boolean;
  write(writer: FeedWriter): Promise<void>;
}

/** Opens the writer for the import of one feed. */
export async function startImport(
  store: FeedFacts,
  { state, numbers }: FeedOfBundle,
  recording: ChangeRecording | undefined,
): Promise<FeedImport> {
  const { feed } = state;
  const writer = await store.writeFeed(feed);
  try {
    const last = (await store.feedStates()).find((one) => one.feed === feed);
    const notes =
      recording === undefined || last?.lastSuccess === undefined ? undefined : await notesOf(store, last, recording);
    const counted = { tally: emptyTally(), lost: { groups: 0, texts: 0 }, storedTexts: 0 };
    return { state, numbers, last, writer, ...counted, notes };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

async function notesOf(
  store: FeedFacts,
  last: FeedState,
  { openScratch, newId }: ChangeRecording,
): Promise<ImportNotes> {
  const hashes = new Map<string, string>();
  for (const document of Object.keys(last.documents)) {
    for await (const [key, hash] of store.groupHashes(last.feed, document)) hashes.set(keyOf(key), hash);
  }
  const noter = noteChanges(store, { openScratch });
  return {
    ...noter,
    isStored: (key, hash) => hashes.get(key) === hash,
    write: (writer) => noter.write(newId(), writer),
  };
}

/** What becomes visible: the facts, and a state with the counts and the history of this store. */
export function committed(
  { state, writer, tally, last, notes }: FeedImport,
  { now, force }: { readonly now: Date; readonly force: boolean },
): { readonly state: FeedState; readonly writer: FeedWriter } {
  const { place: _, countsPending: _pending, peak: _peak, ...known } = state;
  // Counts follow from recorded changes. Where none are recorded, an image may have been submitted while this ran.
  const countsPending = last?.countsPending === true || notes === undefined;
  const groups = tally.groups.size;
  const counts = { groups, statements: tally.advisories, ...(groups === 0 ? { texts: tally.texts.size } : {}) };
  const peak = peakAfter(last, counts, { now, force });
  return { writer, state: { ...known, ...(countsPending ? { countsPending } : {}), imported: true, peak } };
}

/** The key of a group during an import. */
export function keyOf({ namespace, package: name, document }: AdvisoryGroupKey): string {
  return JSON.stringify([namespace, name, document]);
}
