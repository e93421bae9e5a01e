import { keptSince } from '@clarion/history';
import { participatingFeeds } from '@clarion/matching';
import type { UseCaseContext } from '../context';
import { namespacesOf } from '../needed-feeds';
import type { SubmittedImage } from '../use-cases';
import type { KnownHistory } from './history-bounds';
import { firstIndexedAt } from './image-at';

type Known = Pick<UseCaseContext, 'store' | 'feeds' | 'ownVulnerabilities'>;

/** How far back answers about an image are valid. */
export async function knownHistory(image: SubmittedImage, context: Known): Promise<KnownHistory> {
  const { store } = context;
  const ids = await namespacesAbout(image, context);
  const times = [
    firstIndexedAt(image),
    await feedsKnownSince(ids, context),
    await keptSince(store, { namespaces: ids, feeds: context.feeds }),
  ].flatMap((time) => time ?? []);
  const from = await store.historyFrom();
  return { knownSince: times.sort().at(-1) ?? null, historyFrom: from ?? null };
}

/** When the last of the feeds about the packages of an image was loaded; undefined while none was. */
async function feedsKnownSince(ids: readonly string[], { store, feeds: all }: Known): Promise<string | undefined> {
  const about = participatingFeeds(all, ids).filter(({ namespaces }) => namespaces.length > 0);
  const feeds = new Set(about.map(({ id }) => id));
  const loaded = (await store.horizons()).filter(({ feed }) => feeds.has(feed)).map(({ at }) => at);
  return loaded.sort().at(-1);
}

/** The namespaces of the packages of an image. */
async function namespacesAbout({ composition: id }: SubmittedImage, { store }: Known): Promise<readonly string[]> {
  const composition = id === undefined ? undefined : await store.composition(id);
  return composition === undefined ? [] : namespacesOf(composition);
}

/** The first time of which anything is known; `now` where no feed was ever loaded. */
export async function earliestTime({ store, now }: Pick<UseCaseContext, 'store' | 'now'>): Promise<string> {
  const from = await store.historyFrom();
  if (from !== undefined) return from;
  const [first = now().toISOString()] = (await store.horizons()).map(({ at }) => at).sort();
  return first;
}
