import type { ExploitationThreshold } from '@clarion/reporting';
import {
  type Advisory,
  type AdvisoryGroup,
  type AdvisoryGroupKey,
  type AdvisoryStore,
  type FeedWriter,
  isAdvisoryChange,
  isTextChange,
  type LoggedChange,
  type RepositoryProducts,
  type VulnerabilityStore,
} from '@clarion/model';
import { collectChanges } from './collect-changes';
import { collectTextChanges, type TextChangeCollector } from './collect-text-changes';
import type { RecordChange } from './found-change';
import { isScore } from './stored-texts';

/**
 * Records what changes in the stored facts of a feed, with the facts: for the history, and for those who are notified.
 * The store must still show the old facts.
 */
export interface ChangeNoter {
  /** A group that is about to be written, or removed when `after` is undefined. */
  group(key: AdvisoryGroupKey, after: AdvisoryGroup | undefined): Promise<void>;
  readonly texts: TextChangeCollector;
  /** Data about a repository that differ; undefined: there were, or are, none. */
  repository(before: RepositoryProducts | undefined, after: RepositoryProducts | undefined): Promise<void>;
  /** Records what was not yet compared. */
  end(): Promise<void>;
  /** Ids of the feed's records whose advisories changed or are gone. */
  readonly formerRecords: ReadonlySet<string>;
  /** Whether everything was recorded; if not, the history of the feed has to begin with this update. */
  isWhole(): boolean;
}

/** How the changes of one update are recorded. */
export interface NotingOptions extends ExploitationThreshold {
  readonly store: AdvisoryStore & VulnerabilityStore;
  readonly writer: Pick<FeedWriter, 'putChange'>;
  /** Id of the update. */
  readonly update: string;
  /** Nobody is notified of changes. */
  readonly unpublished?: boolean | undefined;
  /** How many silent changes are recorded; a million unless given, some 600 MB. Scores take little and do not count. */
  readonly mostSilent?: number | undefined;
}

const defaultMostSilent = 1_000_000;

/** The noter of one update of one feed. */
export function noteChanges(options: NotingOptions): ChangeNoter {
  const { store, update, unpublished, epssThreshold } = options;
  const { writer, isWhole } = boundedLog(options);
  const formerRecords = new Set<string>();
  const record: RecordChange = (change) => {
    const logged: LoggedChange = { ...change, update };
    if (isAdvisoryChange(logged)) {
      for (const advisory of logged.before) formerRecords.add(recordOf(advisory));
    }
    return writer.putChange(logged);
  };
  const groups = collectChanges(store, record);
  return {
    group: (key, after) => groups.add({ key, after }),
    texts: collectTextChanges({ store, writer, update, unpublished, epssThreshold }),
    repository: async (before, after) => {
      const known = after ?? before;
      if (known === undefined) return;
      const { feed, repository } = known;
      await record({ feed, repository, silent: true, before: before?.cpes ?? null, after: after?.cpes ?? null });
    },
    end: () => groups.end(),
    formerRecords,
    isWhole,
  };
}

/** Id of the feed's record that an advisory was made from. */
export function recordOf({ advisory, id }: Advisory): string {
  return advisory ?? id;
}

/**
 * A reader of another version may change the form of every advisory of a feed: millions of changes that affect nobody.
 * What has to be published is recorded in any case.
 */
function boundedLog({ writer, mostSilent = defaultMostSilent }: NotingOptions): {
  readonly writer: NotingOptions['writer'];
  readonly isWhole: () => boolean;
} {
  let silent = 0;
  const putChange = (change: LoggedChange): Promise<void> => {
    if (change.silent === true && !isScoreChange(change)) silent += 1;
    return change.silent === true && silent > mostSilent ? Promise.resolve() : writer.putChange(change);
  };
  return { writer: { putChange }, isWhole: () => silent <= mostSilent };
}

function isScoreChange(change: LoggedChange): boolean {
  return isTextChange(change) && [change.before, change.after].every((text) => text === null || isScore(text));
}
