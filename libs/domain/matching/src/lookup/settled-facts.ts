import type { FeedState } from '@clarion/model';
import type { MatchFacts } from '../match-options';

/** How often a match is made again because feeds were updated meanwhile. */
export const maxTries = 5;

/**
 * Runs `match` again while feeds were updated during it: facts are read by several requests, and only the second one
 * would see an update between two of them.
 */
export async function onSettledFacts<T>(
  facts: Pick<MatchFacts, 'feedStates'>,
  match: (states: readonly FeedState[]) => Promise<T>,
): Promise<T> {
  let states = await facts.feedStates();
  for (let tries = 1; ; tries += 1) {
    const matched = await match(states);
    const after = await facts.feedStates();
    if (tries === maxTries || changesOf(after) === changesOf(states)) return matched;
    states = after;
  }
}
export function changesOf(states: readonly FeedState[]): string {
  return JSON.stringify(states.map(({ feed, lastChange }) => [feed, lastChange]));
}
