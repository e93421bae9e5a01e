import { configuredFeeds, type FeedSettings, ownVulnerabilities } from '@clarion/feed-sources';

import type { FeedSource } from '@clarion/model';
import { clarionVersion } from '@clarion/release';
import type { ReportOptions } from '@clarion/reporting';
import { defaultFeedAgeMinutes } from '@clarion/use-cases';

/** The settings of every match of an installation. */
export interface MatchSettings {
  /** All feeds of this build and the configuration, including disabled ones. */
  readonly feeds: readonly FeedSource[];
  readonly ownVulnerabilities: FeedSource;
  readonly now: () => Date;
  /** Older advisory data is stale. */
  readonly maxFeedAgeMinutes: number;
  readonly clarionVersion: string;
}

/** The match settings from those of an installation; the age of feeds only affects reports. */
export function matchSettings(config: FeedSettings & { readonly maxFeedAgeMillis?: number }): MatchSettings {
  const { maxFeedAgeMillis } = config;
  return {
    ...{ ownVulnerabilities, clarionVersion },
    feeds: configuredFeeds(config),
    now: () => new Date(),
    maxFeedAgeMinutes: maxFeedAgeMillis === undefined ? defaultFeedAgeMinutes : maxFeedAgeMillis / 60_000,
  };
}

/** Options of a current match for counts or comparisons: own vulnerabilities take precedence over all feeds. */
export function matchOptions({ feeds, ownVulnerabilities: own, ...settings }: MatchSettings): ReportOptions {
  const { clarionVersion: version, maxFeedAgeMinutes, now } = settings;
  return { feeds: [own, ...feeds], clarionVersion: version, maxFeedAgeMinutes, now: now() };
}
