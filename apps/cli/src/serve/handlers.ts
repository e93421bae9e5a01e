import { randomUUID } from 'node:crypto';
import type { createEgress } from '@clarion/egress';
import { openScratchFile, type UpstreamFor } from '@clarion/feed-upstreams';
import { updateFeedOnDemand } from '@clarion/feed-updating';
import { indexLayer } from '@clarion/layer-indexing';
import { openSubmittedImage } from '@clarion/layer-sources';
import type { Bus, DetectorClient, FeedSource, Log, Routes, Store } from '@clarion/model';
import { notifyChange, recountCompositions } from '@clarion/notifying';
import type { Sealer } from '@clarion/sealing';
import { countVulnerabilities, tellChanges, timeOrderedId } from '@clarion/use-cases';
import { clarionVersion } from '../release';

/** What the handlers of one process work with. */
export interface HandlerDeps {
  readonly store: Store;
  readonly bus: Bus;
  readonly detectors: DetectorClient;
  /** All feeds, and those that are updated. */
  readonly feeds: readonly FeedSource[];
  readonly ownVulnerabilities: FeedSource;
  readonly upstreamFor: UpstreamFor;
  readonly egress: ReturnType<typeof createEgress>;
  readonly sealer: Sealer;
  readonly maxFeedAgeMinutes: number;
  readonly epssThreshold: number | undefined;
  readonly withoutReference: boolean;
  readonly directory: string;
  readonly log: Log;
  readonly onDue: () => void;
}

/** The same handlers as those of the services, for all kinds of work. */
export function allRoutes(deps: HandlerDeps): Routes {
  const { store, bus, detectors, egress, sealer, ownVulnerabilities, directory, epssThreshold, log } = deps;
  const { withoutReference, onDue } = deps;
  const now = (): Date => new Date();
  const feeds = [ownVulnerabilities, ...deps.feeds];
  const matching = { feeds, clarionVersion };
  const options = () => ({ ...matching, maxFeedAgeMinutes: deps.maxFeedAgeMinutes, now: now() });
  const holder = `serve ${randomUUID()}`;
  return {
    'work.layer': indexLayer({
      store,
      detectors,
      open: ({ image, submission: { origin } }) =>
        Promise.resolve(openSubmittedImage({ image, origin }, { egress, open: (text) => sealer.open(text) })),
      count: (image) => countVulnerabilities(image, { ...deps, now, clarionVersion }),
      now,
      holder,
    }),
    'work.feed': updateFeedOnDemand({
      store,
      feeds: deps.feeds.filter(({ enabled }) => enabled !== false),
      upstreamFor: deps.upstreamFor,
      openScratch: () => openScratchFile(directory),
      now,
      holder,
      newId: () => timeOrderedId(now()),
      epssThreshold,
      tellChanges: () => tellChanges({ store, bus }),
      onFirstLoad: (feed) => recountCompositions(feed, { store, options: options() }),
      onEvent: (event) => {
        if (event.kind !== 'finished') return;
        const { feed, outcome, written, state } = event;
        log.info('Feed updated', {
          feed,
          outcome,
          ...written,
          statements: state.statements,
          last_error: state.lastError,
        });
      },
    }),
    'advisories.changed': notifyChange({ store, options, now, epssThreshold, withoutReference, onDue }),
  };
}
