import type { FeedState } from '@clarion/model';

/** The size of a stored feed. All null for a feed that was never loaded, because its size is unknown. */
export interface FeedCounts {
  /** Packages with advisories. */
  readonly groups: number | null;
  /** Advisories about those packages; zero for feeds that only describe vulnerabilities. */
  readonly advisories: number | null;
  /** Facts of any kind, including descriptions and scores, in its documents when they were last read whole. */
  readonly records: number | null;
  /** Records that could not be parsed. */
  readonly problems: number | null;
}

/** The counts from the state of a feed. */
export function feedCounts(state: FeedState | undefined): FeedCounts {
  if (state?.lastSuccess === undefined) return { groups: null, advisories: null, records: null, problems: null };
  const { groups, statements: advisories, problems, documents } = state;
  const records = Object.values(documents).reduce((sum, document) => sum + (document.records ?? document.groups), 0);
  return { groups, advisories, records, problems };
}
