import type { HostileFeed } from '../hostile-feed';
import { seededRandom } from '../random';
import { documentFeeds } from './documents';
import { serverFeeds } from './servers';

/** All hostile feeds and mirrors of a seed. */
export function hostileFeeds({ seed }: { readonly seed: number }): readonly HostileFeed[] {
  return [...documentFeeds(seededRandom(seed)), ...serverFeeds()];
}
