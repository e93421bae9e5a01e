import type { MissingDocument } from '@clarion/model';
import type { clarionV1 } from '@clarion/proto';
import type { FeedUseCases, FeedView } from '@clarion/use-cases';
import type { callsOf } from './calls';
import { text } from './requests';

/** Handlers of `clarion.v1.FeedService`. */
export function feedService(feeds: FeedUseCases, call: ReturnType<typeof callsOf>): clarionV1.FeedServiceServer {
  return {
    listFeeds: call.unary<clarionV1.ListFeedsRequest, clarionV1.ListFeedsResponse>('reader', async () => ({
      feeds: (await feeds.list()).map(encodeFeed),
    })),
    updateFeed: call.unary<clarionV1.UpdateFeedRequest, clarionV1.UpdateFeedResponse>('operator', ({ id, force }) =>
      feeds.update(text('id', id, 100), { force }),
    ),
  };
}

/**
 * Fields without presence are 0 where the value is unknown; `last_success` and `records` make the difference visible.
 */
const countOf = (count: number | null): bigint => BigInt(count ?? 0);

function encodeFeed(feed: FeedView): clarionV1.Feed {
  const { id, title, homepage, own, enabled, refreshMinutes, documents, ageSeconds, level } = feed;
  const {
    lastAttempt,
    lastSuccess,
    lastChange,
    lastError,
    failingSince,
    groups,
    advisories,
    records,
    problems,
    problemSamples,
    missing = [],
    partial,
  } = feed;
  return {
    id,
    title,
    homepage,
    own,
    enabled,
    refreshMinutes,
    documents,
    ageSeconds: ageSeconds ?? undefined,
    lastAttempt,
    lastSuccess,
    lastChange,
    lastError,
    groups: countOf(groups),
    advisories: countOf(advisories),
    records: records === null ? undefined : BigInt(records),
    problems: countOf(problems),
    problemSamples: [...problemSamples],
    level,
    failingSince,
    missing: missing.map(encodeMissing),
    partial,
  };
}

function encodeMissing({
  name,
  ids = [],
  namespaces = [],
  origin,
  architecture,
  onlyRemoves,
}: MissingDocument): clarionV1.MissingDocument {
  return { name, ids: [...ids], namespaces: [...namespaces], origin, architecture, onlyRemoves: onlyRemoves === true };
}
