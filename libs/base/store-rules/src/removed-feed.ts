import type { FeedState, RemovedFeed } from '@clarion/model';

import { millisOf } from './times';

/** What is stored of a feed that is removed. */
export interface FeedRemoval {
  readonly feed: string;
  readonly state: Pick<FeedState, 'documents'> | undefined;
  /** RFC 3339: the time of its oldest revision. */
  readonly since: string;
  /** RFC 3339 */
  readonly until: string;
  /** Stored of an earlier removal. */
  readonly before: RemovedFeed | undefined;
}

/** What is kept of a feed that is removed: of one that was removed before, about both times. */
export function removedFeed({ feed, state, since, until, before }: FeedRemoval): RemovedFeed {
  const namespaces = Object.values(state?.documents ?? {}).flatMap((document) => document.namespaces);
  return {
    feed,
    since: before?.since ?? since,
    until,
    namespaces: [...new Set([...namespaces, ...(before?.namespaces ?? [])])].sort(),
  };
}

/** Whether the history goes back to when a feed was removed. */
export function isRemembered({ until }: RemovedFeed, historyFrom: string | undefined): boolean {
  return historyFrom === undefined || millisOf(until) > millisOf(historyFrom);
}
