import { ownVulnerabilities } from '@clarion/feed-sources';
import { ClarionError, feedName, type FeedRevision } from '@clarion/model';
import { withCommandContext } from '../command-context';
import { otherLocations } from '../feed-locations';
import { printRows } from '../rows';
import { asLoadedRemedy, feedsOf, neverLoaded, type ScanFeedSettings } from '../scan-feeds';
import type { CommonSettings } from '../settings';

export interface RevisionsSettings extends CommonSettings, Pick<ScanFeedSettings, 'feedsDir'> {
  readonly format: string;
}

const revisionsAtOnce = 1000;

/**
 * `clarion db revisions FEED`: when the data of a feed changed, newest first, and who changed it if a caller of an API
 * did. Throws `not-found` for a feed that this configuration does not have, and `no-data` for one that was only ever
 * loaded from another source: that data has a history of its own.
 */
export async function revisions(name: string, settings: RevisionsSettings): Promise<void> {
  const feed = [ownVulnerabilities, ...feedsOf(settings)].find((one) => feedName(one) === name);
  if (feed === undefined) {
    throw new ClarionError('not-found', `There is no feed "${name.slice(0, 80)}"`, { remedy: 'see clarion feeds' });
  }
  await withCommandContext(settings, async ({ store, progress }) => {
    const found: FeedRevision[] = [];
    let after: string | undefined;
    do {
      const page = await store.revisions(feed.id, { limit: revisionsAtOnce, ...(after !== undefined && { after }) });
      found.push(...page.items);
      after = page.next;
    } while (after !== undefined);
    if (found.length === 0 && feed.id !== ownVulnerabilities.id) {
      const states = await store.feedStates();
      if (otherLocations(feed, states).length > 0) {
        throw new ClarionError('no-data', neverLoaded(feed, states), {
          remedy: asLoadedRemedy,
        });
      }
      const isLoaded = states.some((state) => state.feed === feed.id && state.lastSuccess !== undefined);
      progress.warn(isLoaded ? `${name} has not changed since its history is kept` : neverLoaded(feed, states));
    }
    progress.close();
    const rows = found.map(({ at, update, changes, first = false, by = null }) => ({ at, update, changes, first, by }));
    printRows(settings.format, rows, ['at', 'changes', 'first', 'by', 'update']);
  });
}
