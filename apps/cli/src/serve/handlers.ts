import type { FeedSource, Handler, Log, Routes, Store } from '@clarion/model';
import { notifyChange } from '@clarion/notifying';
import { clarionVersion } from '@clarion/release';

/** What the handlers of one process work with. */
export interface HandlerDeps {
  readonly store: Store;
  /** All feeds. */
  readonly feeds: readonly FeedSource[];
  readonly ownVulnerabilities: FeedSource;
  /** Reads layers and composes images, in a process of its own. */
  readonly layer: Handler<'work.layer'>;
  /** Updates feeds, in a process of its own. */
  readonly feed: Handler<'work.feed'>;
  readonly maxFeedAgeMinutes: number;
  readonly epssThreshold: number | undefined;
  readonly withoutReference: boolean;
  readonly stateChanges: boolean;
  readonly onDue: () => void;
  readonly log: Log;
}

/** The same handlers as those of the services, for all kinds of work. */
export function allRoutes(deps: HandlerDeps): Routes {
  const { store, ownVulnerabilities, epssThreshold, withoutReference, stateChanges, onDue, log } = deps;
  const now = (): Date => new Date();
  const feeds = [ownVulnerabilities, ...deps.feeds];
  const matching = { feeds, clarionVersion };
  const options = () => ({ ...matching, maxFeedAgeMinutes: deps.maxFeedAgeMinutes, now: now() });
  return {
    'work.layer': deps.layer,
    'work.feed': deps.feed,
    'advisories.changed': notifyChange({
      store,
      options,
      now,
      epssThreshold,
      withoutReference,
      stateChanges,
      onDue,
      log,
    }),
  };
}
