import { configuredFeeds, ownVulnerabilities } from '@clarion/feed-sources';
import { ClarionError, feedName, type FeedRevision } from '@clarion/model';
import { withCommandContext } from '../command-context';
import { printRows } from '../rows';
import type { CommonSettings } from '../settings';

export interface RevisionsSettings extends CommonSettings {
  readonly format: string;
}

const revisionsAtOnce = 1000;

/** `clarion db revisions FEED`: when the data of a feed changed, newest first, and who changed it if a caller of an API did. */
export async function revisions(name: string, settings: RevisionsSettings): Promise<void> {
  const feed = [ownVulnerabilities, ...configuredFeeds(settings)].find((one) => feedName(one) === name);
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
    progress.close();
    const rows = found.map(({ at, update, changes, first = false, by = null }) => ({ at, update, changes, first, by }));
    printRows(settings.format, rows, ['at', 'changes', 'first', 'by', 'update']);
  });
}
