import { hash } from 'node:crypto';
import type { CallerTurns } from '../caller-turns';
import type { UseCaseContext } from '../context';
import { cursorPage } from '../cursor';
import type { RenderOptions } from '../report-file';
import { compareImages } from './compare-images';
import { revisionsOfFeed } from './feed-history';
import { updatesOfFeeds } from './feed-updates';
import type { CompareRequest, HistoryUseCases } from './history-views';
import { timelineOfImage } from './image-timeline';
import { timelineOfTag } from './tag-timeline';
import { readsUntil } from './reads-until';
import { createTimelineCache } from './timeline-cache';
import { timelineOfVulnerability } from './timeline-of-vulnerability';
import { differenceOfUpdates } from './update-difference';

export function historyUseCases(context: UseCaseContext): HistoryUseCases {
  const timelines = createTimelineCache(context.limits.timelineBytes);
  const inTurn: CallerTurns['run'] = (work, options) => context.historyTurns.run(work, options);
  const readingContext = ({ signal }: RenderOptions): UseCaseContext => ({
    ...context,
    store: readsUntil(signal, context.store),
  });
  return {
    imageTimeline: (digest, { from, to, ...options }, page) => {
      const period = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
      return cursorPage(`timeline of ${digest}`, page, (at) =>
        timelineOfImage(digest, period, { page: at, options, context, timelines }),
      );
    },
    tagTimeline: (tag, page, options = {}) =>
      cursorPage(`timeline of ${tag.repository}:${tag.tag}`, page, (at) =>
        inTurn(() => timelineOfTag(tag, { page: at, options, context }), options),
      ),
    vulnerabilityTimeline: (id, page, options = {}) =>
      inTurn(() => timelineOfVulnerability(id, page, readingContext(options)), options),
    compare: (request, page, options = {}) =>
      cursorPage(comparisonName(request), page, (at) =>
        inTurn(() => compareImages(request, { page: at, options, context }), options),
      ),
    difference: (request) => differenceOfUpdates(request, context),
    updates: (request) => updatesOfFeeds(request, context),
    revisions: (feed, page, { withNames = false } = {}) =>
      cursorPage(`revisions of ${feed}`, page, (at) => revisionsOfFeed(feed, at, { ...context, withNames })),
  };
}

/** A position in one comparison says nothing about another. */
function comparisonName({ a, b, base, change }: CompareRequest): string {
  return `comparison ${hash('sha256', JSON.stringify([a, b, base, change]), 'base64url')}`;
}
