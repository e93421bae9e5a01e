import { knownSince } from '@clarion/history';
import type { UseCaseContext } from '../context';
import { namespacesOf } from '../needed-feeds';
import type { SubmittedImage } from '../use-cases';
import type { KnownHistory } from './history-bounds';
import { firstIndexedAt } from './image-at';

type Known = Pick<UseCaseContext, 'store' | 'feeds'>;

/** How far back answers about an image are valid. */
export async function knownHistory(image: SubmittedImage, context: Known): Promise<KnownHistory> {
  const { store, feeds } = context;
  const namespaces = await namespacesAbout(image, context);
  const since = await knownSince({ namespaces, feeds, indexedAt: firstIndexedAt(image) }, store);
  return { knownSince: since ?? null, historyFrom: (await store.historyFrom()) ?? null };
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
