import type { ExploitationThreshold } from '@clarion/reporting';
import {
  ClarionError,
  type CommittedRevision,
  type FeedFacts,
  type FeedState,
  type FeedWriter,
  type HistoryStore,
} from '@clarion/model';
import { type ChangeNoter, noteChanges } from './change-noter';
import { nextRevision, type NextRevision } from './next-revision';

/** What an update of a feed reads and writes. */
export type UpdatedFacts = FeedFacts & Pick<HistoryStore, 'revisions'>;

/** A started update of a feed: nothing is visible before the commit. */
export interface OpenUpdate {
  readonly writer: FeedWriter;
  readonly revision: NextRevision;
  /** Absent for a first load: everything is new, and no changes are recorded. */
  readonly notes: ChangeNoter | undefined;
}

export interface OpenUpdateOptions extends ExploitationThreshold {
  readonly store: UpdatedFacts;
  readonly now: Date;
  /** The state of the feed before it. */
  readonly last: FeedState | undefined;
  /** Nobody is notified of changes. */
  readonly unpublished?: boolean | undefined;
}

/** Another process committed an update of the feed since this one began: what it compares with is no longer stored. */
export class OvertakenUpdate extends ClarionError {
  constructor(feed: string) {
    super('upstream-unavailable', `${feed} was updated by another process meanwhile`, { remedy: 'update it again' });
  }
}

/** Whether facts of the feed were committed by another process since its state was read. */
async function isOvertaken(feed: string, { store, last }: Pick<OpenUpdateOptions, 'store' | 'last'>): Promise<boolean> {
  const now = (await store.feedStates()).find((state) => state.feed === feed);
  return now?.lastChange !== last?.lastChange;
}

/** Opens the writer of a feed, and names the revision once no other one can be committed. Throws `OvertakenUpdate`. */
export async function openUpdate(feed: string, options: OpenUpdateOptions): Promise<OpenUpdate> {
  const { store, now, last, unpublished, epssThreshold } = options;
  const writer = await store.writeFeed(feed);
  try {
    if (await isOvertaken(feed, options)) throw new OvertakenUpdate(feed);
    const recorded = last?.lastSuccess !== undefined;
    const revision = await nextRevision(feed, store, { now, recorded });
    const { update } = revision;
    const notes = recorded ? noteChanges({ store, writer, update, unpublished, epssThreshold }) : undefined;
    return { writer, revision, notes };
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** The revision of an update that is ready to commit: the history begins with it if not all changes are recorded. */
export function committedRevision(
  { revision, notes }: Pick<OpenUpdate, 'revision' | 'notes'>,
  now: Date,
): CommittedRevision {
  return { ...revision, ...(notes?.isWhole() === false ? { first: true } : {}), at: now.toISOString() };
}
