import type { FeedState } from '@clarion/model';

/** How much of a feed is kept. All null for a feed that was never loaded: nobody knows what it would say. */
export interface FeedCounts {
  /** Packages that it speaks about. */
  readonly groups: number | null;
  /** Single statements about them; feeds that describe vulnerabilities make none. */
  readonly statements: number | null;
  /** Facts of any kind, descriptions and scores too, that its documents held when they were last read whole. */
  readonly records: number | null;
  /** Records that could not be understood. */
  readonly problems: number | null;
}

/** Counts what the state of a feed says is kept of it. */
export function feedCounts(state: FeedState | undefined): FeedCounts {
  if (state?.lastSuccess === undefined) return { groups: null, statements: null, records: null, problems: null };
  const { groups, statements, problems, documents } = state;
  const records = Object.values(documents).reduce((sum, document) => sum + (document.records ?? document.groups), 0);
  return { groups, statements, records, problems };
}
