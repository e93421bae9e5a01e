import { ClarionError, feedName, type FeedSource, type FeedState, timeOrderedId } from '@clarion/model';
import { describePartial, feedCounts, feedHealth } from '@clarion/feed-updating';
import { currentAtOf, isAhead } from '@clarion/reporting';
import type { UseCaseContext } from './context';
import type { FeedUseCases, FeedView } from './use-cases';

export function feedUseCases(context: UseCaseContext): FeedUseCases {
  const { store, bus, feeds, ownVulnerabilities, now, feedStates = () => store.feedStates() } = context;
  return {
    async list() {
      const states = new Map((await feedStates()).map((state) => [state.feed, state]));
      return [ownVulnerabilities, ...feeds].map((feed) =>
        viewOf(feed, states.get(feed.id), { now: now(), isWrittenHere: feed === ownVulnerabilities }),
      );
    },
    async update(id, { force = false } = {}) {
      const feed = feeds.find((one) => feedName(one) === id);
      if (feed === undefined) {
        throw new ClarionError('not-found', `There is no feed "${id.slice(0, 80)}"`, {
          remedy: 'choose one of the list of feeds',
        });
      }
      if (feed.enabled === false) {
        throw new ClarionError('switched-off', `Feed ${id} is off`, {
          remedy: 'name it in feeds.enable, or take it out of feeds.disable',
        });
      }
      const request = timeOrderedId(now());
      await bus.publish([{ event: { kind: 'work.feed', feed: feed.id, request, ...(force ? { force } : {}) } }]);
      return { request };
    },
  };
}

interface Seen {
  readonly now: Date;
  /** Written only by callers of the API. */
  readonly isWrittenHere: boolean;
}

function viewOf(feed: FeedSource, state: FeedState | undefined, { now, isWrittenHere }: Seen): FeedView {
  const { title, homepage, own, enabled, refreshMinutes } = feed;
  const {
    feed: _,
    place: _place,
    documents,
    cursor: __,
    peak: ___,
    statements: advisories,
    countsPending: _pending,
    imported: _imported,
    mirroredAt,
    ...known
  } = state ?? unknownState(feed);
  const partial = describePartial(feed, known);
  const currentAt = currentAtOf({ ...known, ...(mirroredAt === undefined ? {} : { mirroredAt }) });
  const isKnown = currentAt !== undefined && !isAhead(currentAt, now);
  const age = isKnown ? (now.getTime() - Date.parse(currentAt)) / 1000 : null;
  return {
    id: feedName(feed),
    title,
    homepage,
    own: own === true,
    enabled: enabled !== false,
    refreshMinutes,
    documents: Object.keys(documents).length,
    ageSeconds: age === null ? null : Math.max(0, Math.round(age)),
    level: enabled === false ? 'off' : feedHealth(feed, state, now).level,
    ...known,
    ...(partial === undefined ? {} : { partial }),
    // Own data that was never written has zero records; for a feed that was never loaded, the number is unknown.
    ...(isWrittenHere ? { advisories, records: known.groups } : feedCounts(state)),
  };
}

function unknownState({ id, version }: FeedSource): FeedState {
  return { feed: id, parserVersion: version, documents: {}, groups: 0, statements: 0, problems: 0, problemSamples: [] };
}
