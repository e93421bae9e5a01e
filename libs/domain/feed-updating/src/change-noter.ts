import type { ExploitationThreshold } from '@clarion/reporting';
import type {
  AdvisoryGroup,
  AdvisoryGroupKey,
  AdvisoryStore,
  FeedWriter,
  RepositoryProducts,
  VulnerabilityStore,
} from '@clarion/model';
import { collectChanges } from './collect-changes';
import { collectTextChanges, type TextChangeCollector } from './collect-text-changes';
import type { RecordChange } from './found-change';

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
}

/** How the changes of one update are recorded. */
export interface NotingOptions extends ExploitationThreshold {
  readonly store: AdvisoryStore & VulnerabilityStore;
  readonly writer: Pick<FeedWriter, 'putChange'>;
  /** Id of the update. */
  readonly update: string;
  /** Nobody is notified of changes. */
  readonly unpublished?: boolean | undefined;
}

/** The noter of one update of one feed. */
export function noteChanges({ store, writer, update, unpublished, epssThreshold }: NotingOptions): ChangeNoter {
  const record: RecordChange = (change) => writer.putChange({ ...change, update });
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
  };
}
