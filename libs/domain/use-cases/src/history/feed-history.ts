import { type VulnerabilityPosition, vulnerabilityTimeline } from '@clarion/history';
import { ClarionError, feedName, type PageRequest } from '@clarion/model';
import { revisionOf, updatedAtOf } from '@clarion/reporting';
import type { UseCaseContext } from '../context';
import { decodeCursor, encodeCursor } from '../cursor';
import type { RevisionPage, RevisionView, VulnerabilityTimelineView } from './history-views';

/** `HistoryUseCases.vulnerabilityTimeline`. */
export async function timelineOfVulnerability(
  id: string,
  { limit, after }: PageRequest,
  { store, feeds, ownVulnerabilities }: UseCaseContext,
): Promise<VulnerabilityTimelineView> {
  const list = `timeline of ${id}`;
  const [update = '', feed = '', subject = ''] = after === undefined ? [] : decodeCursor(list, after, 3);
  const position: VulnerabilityPosition = [update, feed, subject];
  const known = [ownVulnerabilities, ...feeds].filter(({ enabled }) => enabled !== false);
  const names = new Map(known.map((one) => [one.id, feedName(one)]));
  const request = { feeds: new Set(names.keys()), limit, ...(after === undefined ? {} : { after: position }) };
  const { items, next } = await vulnerabilityTimeline(id, request, store);
  return {
    id,
    historyFrom: (await store.historyFrom()) ?? null,
    items: items.map((step) => ({ ...step, feed: names.get(step.feed) ?? step.feed })),
    ...(next === undefined ? {} : { next: encodeCursor(list, next) }),
  };
}

/** `HistoryUseCases.revisions`; `after` is that of the store. */
export async function revisionsOfFeed(
  name: string,
  page: PageRequest,
  { store, feeds, ownVulnerabilities }: UseCaseContext,
): Promise<RevisionPage> {
  const feed = [ownVulnerabilities, ...feeds].find((one) => feedName(one) === name);
  if (feed === undefined) {
    throw new ClarionError('not-found', `There is no feed "${name.slice(0, 80)}"`, {
      remedy: 'choose one of the list of feeds',
    });
  }
  const { items, next } = await store.revisions(feed.id, page);
  const views = items.map(({ update, at, changes, first, state }): RevisionView => ({
    ...{ update, at, changes, first: first === true },
    revision: revisionOf(state),
    updatedAt: updatedAtOf(state),
  }));
  return { feed: name, items: views, ...(next === undefined ? {} : { next }) };
}
