import { ClarionError, feedName, type PageRequest } from '@clarion/model';
import { revisionOf, updatedAtOf } from '@clarion/reporting';
import type { UseCaseContext } from '../context';
import type { RevisionPage, RevisionView } from './history-views';

/** `HistoryUseCases.revisions`; `after` is that of the store. */
export async function revisionsOfFeed(
  name: string,
  page: PageRequest,
  { store, feeds, ownVulnerabilities, withNames }: UseCaseContext & { readonly withNames: boolean },
): Promise<RevisionPage> {
  const feed = [ownVulnerabilities, ...feeds].find((one) => feedName(one) === name);
  if (feed === undefined) {
    throw new ClarionError('not-found', `There is no feed "${name.slice(0, 80)}"`, {
      remedy: 'choose one of the list of feeds',
    });
  }
  const { items, next } = await store.revisions(feed.id, page);
  const views = items.map(({ update, at, changes, first, by, state }): RevisionView => ({
    ...{ update, at, changes, first: first === true },
    revision: revisionOf(state),
    updatedAt: updatedAtOf(state),
    ...(withNames && by !== undefined && { by }),
  }));
  return { feed: name, items: views, ...(next === undefined ? {} : { next }) };
}
