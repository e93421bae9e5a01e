import { randomUUID } from 'node:crypto';
import { openScratchFile, type UpstreamFor } from '@clarion/feed-upstreams';
import { followUpdates, updateFeedOnDemand, type FeedMetrics } from '@clarion/feed-updating';
import type { Bus, FeedSource, Handler, Log, Routes, Store } from '@clarion/model';
import { notifyChange, recountCompositions } from '@clarion/notifying';
import { tellChanges, timeOrderedId } from '@clarion/use-cases';
import { clarionVersion } from '../release';

/** What the handlers of one process work with. */
export interface HandlerDeps {
  readonly store: Store;
  readonly bus: Bus;
  /** All feeds, and those that are updated. */
  readonly feeds: readonly FeedSource[];
  readonly ownVulnerabilities: FeedSource;
  readonly upstreamFor: UpstreamFor;
  /** Reads layers and composes images, in a process of its own. */
  readonly layer: Handler<'work.layer'>;
  readonly maxFeedAgeMinutes: number;
  readonly epssThreshold: number | undefined;
  readonly withoutReference: boolean;
  readonly directory: string;
  readonly feedMetrics: FeedMetrics;
  readonly log: Log;
  readonly onDue: () => void;
}

/** The same handlers as those of the services, for all kinds of work. */
export function allRoutes(deps: HandlerDeps): Routes {
  const { store, bus, ownVulnerabilities, directory, epssThreshold, log, withoutReference, onDue } = deps;
  const now = (): Date => new Date();
  const feeds = [ownVulnerabilities, ...deps.feeds];
  const matching = { feeds, clarionVersion };
  const options = () => ({ ...matching, maxFeedAgeMinutes: deps.maxFeedAgeMinutes, now: now() });
  const updated = deps.feeds.filter(({ enabled }) => enabled !== false);
  const holder = `serve ${randomUUID()}`;
  return {
    'work.layer': deps.layer,
    'work.feed': updateFeedOnDemand({
      store,
      feeds: updated,
      upstreamFor: deps.upstreamFor,
      openScratch: () => openScratchFile(directory),
      now,
      holder,
      newId: () => timeOrderedId(now()),
      epssThreshold,
      tellChanges: () => tellChanges({ store, bus }),
      onFirstLoad: (feed) => recountCompositions(feed, { store, options: options() }),
      onEvent: followUpdates({ metrics: deps.feedMetrics, log, store, feeds: updated, now }),
    }),
    'advisories.changed': notifyChange({ store, options, now, epssThreshold, withoutReference, onDue }),
  };
}
