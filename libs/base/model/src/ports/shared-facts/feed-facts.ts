import type { AdvisoryStore } from './advisory-store';
import type { FeedStore } from './feed-store';
import type { VulnerabilityStore } from './vulnerability-store';

/** All data of feeds, and the states of the feeds. */
export interface FeedFacts extends AdvisoryStore, VulnerabilityStore, FeedStore {}
