import { participatingFeeds } from '@clarion/matching';
import type { FeedSource } from '@clarion/model';
import type { UseCaseContext } from '../context';
import { namespacesOf } from '../needed-feeds';
import type { SubmittedImage } from '../use-cases';
import type { KnownHistory } from './history-bounds';
import { firstIndexedAt } from './image-at';

type Known = Pick<UseCaseContext, 'store' | 'feeds' | 'ownVulnerabilities'>;

/** How far back answers about an image are valid. */
export async function knownHistory(image: SubmittedImage, context: Known): Promise<KnownHistory> {
  const { store } = context;
  const [from, begins] = [await store.historyFrom(), await feedsKnownSince(image, context)];
  const times = [firstIndexedAt(image), begins].flatMap((time) => time ?? []);
  return { knownSince: times.sort().at(-1) ?? null, historyFrom: from ?? null };
}

/** When the last of the feeds about the packages of an image was loaded; undefined while none was. */
async function feedsKnownSince(image: SubmittedImage, context: Known): Promise<string | undefined> {
  const feeds = new Set((await feedsAbout(image, context)).map(({ id }) => id));
  const loaded = (await context.store.horizons()).filter(({ feed }) => feeds.has(feed)).map(({ at }) => at);
  return loaded.sort().at(-1);
}

/** The feeds of the installation that cover the packages of an image. */
async function feedsAbout(image: SubmittedImage, { store, feeds }: Known): Promise<readonly FeedSource[]> {
  const composition = image.composition === undefined ? undefined : await store.composition(image.composition);
  if (composition === undefined) return [];
  return participatingFeeds(feeds, namespacesOf(composition)).filter(({ namespaces }) => namespaces.length > 0);
}

/** The first time of which anything is known; `now` where no feed was ever loaded. */
export async function earliestTime({ store, now }: Pick<UseCaseContext, 'store' | 'now'>): Promise<string> {
  const from = await store.historyFrom();
  if (from !== undefined) return from;
  const [first = now().toISOString()] = (await store.horizons()).map(({ at }) => at).sort();
  return first;
}
