import { hash } from 'node:crypto';
import type { FeedState } from '@clarion/model';

const names = new WeakMap<FeedState, string>();

/**
 * Names the facts of a feed, and what reports show of its state. Its times of use and its errors are not in it, and
 * neither are validators: a check that finds nothing new does not change it.
 */
export function factsName(state: FeedState): string {
  const known = names.get(state);
  if (known !== undefined) return known;
  const { feed, parserVersion, lastChange, lastSuccess, missing = [] } = state;
  const documents = Object.entries(state.documents).map(([document, one]) => {
    const { validators, patched, modifiedAt, namespaces, addOnsOnly, frozen } = one;
    return [document, validators.contentDigest, patched, modifiedAt, namespaces, addOnsOnly, frozen];
  });
  // A feed whose facts never changed shows the time of its last success.
  const changed = [lastSuccess !== undefined, lastChange ?? lastSuccess];
  const name = hash('sha256', JSON.stringify([feed, parserVersion, changed, documents, missing]), 'base64url');
  names.set(state, name);
  return name;
}

/** Names the facts of all feeds: equal names mean equal facts. */
export function nameOfFacts(states: readonly FeedState[]): string {
  return states.map(factsName).join();
}
