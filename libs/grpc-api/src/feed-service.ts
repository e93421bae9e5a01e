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

function encodeFeed(feed: FeedView): clarionV1.Feed {
  const { id, title, homepage, own, enabled, refreshMinutes, documents, ageSeconds, level } = feed;
  const {
    lastAttempt,
    lastSuccess,
    lastChange,
    lastError,
    failingSince,
    groups,
    statements,
    problems,
    problemSamples,
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
    groups: BigInt(groups),
    statements: BigInt(statements),
    problems: BigInt(problems),
    problemSamples: [...problemSamples],
    level,
    failingSince,
  };
}
