import type { AdvisoryStore, FeedSource, WorkLimits } from '@clarion/model';
import type { SeverityOrigin } from './severity-origin';

/** The stored facts that matching reads. Never a layer, never the network. */
export type MatchFacts = Pick<AdvisoryStore, 'advisories' | 'vulnerabilities' | 'feedStates' | 'repositories'>;

/** What matching needs to know of a feed source: its names, what it speaks about, how often it changes, whether it is on. */
export type FeedInfo = Pick<FeedSource, 'id' | 'name' | 'namespaces' | 'refreshMinutes' | 'enabled' | 'own'> &
  Partial<Pick<FeedSource, 'rates' | 'listsExploited' | 'writtenHere'>>;

export interface MatchOptions {
  /** The feeds of this build and configuration, own ones first: no other one takes part, whatever a store holds. */
  readonly feeds: readonly FeedInfo[];
  /** Decides which feeds are stale, and nothing else. */
  readonly now: Date;
  /** Oldest acceptable feed data; default: four refresh intervals, at least two days. */
  readonly maxFeedAgeMinutes?: number;
  /** Whose word on a severity is believed first; those left out come last. Default: `severityOrigins`. */
  readonly severityOrder?: readonly SeverityOrigin[];
  readonly clarionVersion: string;
  /** Ecosystems that are known not to be looked at: packages of these do not make a report incomplete. */
  readonly acceptedEcosystems?: readonly string[];
  /** Whether fixes of paid support channels count: with evidence in the image (default), always, or never. */
  readonly supportChannels?: 'auto' | 'always' | 'never';
  /** What matching one image may cost; `workLimits.matching` unless stated. */
  readonly limits?: WorkLimits;
}
