import type { AdvisoryStore, FeedSource, WorkLimits, FeedStore, VulnerabilityStore } from '@clarion/model';

/** The stored facts that matching reads. Never a layer, never the network. */
export type MatchFacts = Pick<AdvisoryStore, 'advisories' | 'packageNames' | 'repositories'> &
  Pick<VulnerabilityStore, 'vulnerabilities'> &
  Pick<FeedStore, 'feedStates'>;

/** What matching needs to know about a feed source: names, what it covers, how often it changes, whether it is on. */
export type FeedInfo = Pick<FeedSource, 'id' | 'name' | 'namespaces' | 'refreshMinutes' | 'enabled' | 'own'> &
  Partial<Pick<FeedSource, 'rates' | 'describesAll' | 'listsExploited' | 'listsUnfixed' | 'writtenHere'>>;

export interface MatchOptions {
  /** The feeds of this build and configuration, own ones first: no others take part, whatever the store contains. */
  readonly feeds: readonly FeedInfo[];
  /** Whether fixes of paid support channels count: with evidence in the image (default), always, or never. */
  readonly supportChannels?: 'auto' | 'always' | 'never';
  /** What matching one image may cost; `workLimits.matching` unless stated. */
  readonly limits?: WorkLimits;
}
