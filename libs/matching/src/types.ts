import type { AdvisoryStore, FeedSource } from '@clarion/model';

/** The stored facts that matching reads. Never a layer, never the network. */
export type MatchFacts = Pick<AdvisoryStore, 'advisories' | 'vulnerability' | 'feedStates'>;

/** What matching needs to know of a feed source: its name, what it speaks about and how often it changes. */
export type FeedInfo = Pick<FeedSource, 'id' | 'namespaces' | 'refreshMinutes'>;

export interface MatchOptions {
  /** The feeds of this build and configuration. */
  readonly feeds: readonly FeedInfo[];
  /** Decides which feeds are stale, and nothing else. */
  readonly now: Date;
  /** Oldest acceptable feed data; default: four refresh intervals, at least two days. */
  readonly maxFeedAgeMinutes?: number;
  readonly clarionVersion: string;
}
