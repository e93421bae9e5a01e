import { hash } from 'node:crypto';
import { matchOptions, type UseCaseContext } from '../context';
import { nameOfFacts } from '@clarion/reporting';
import type { SubmittedImage } from '../use-cases';
import type { TimelinePart } from './part-types';

/** Names everything that a time line depends on. What is pruned moves its beginning (`earliest`). */
export async function timelineKey(
  { manifestDigest, layers, submission, composition, earlier }: SubmittedImage,
  part: TimelinePart,
  context: UseCaseContext,
): Promise<string> {
  const { store } = context;
  const states = await store.feedStates();
  const feeds = matchOptions(context, states).feeds.map(({ id, enabled }) => [id, enabled !== false]);
  const known = [layers, composition, submission.detectors, submission.absent, submission.indexedAt, earlier];
  const named = [manifestDigest, known, part, feeds, nameOfFacts(states), await store.horizons()];
  return hash('sha256', JSON.stringify(named), 'base64url');
}
