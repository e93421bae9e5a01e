import { countBySeverity, findingsOf, type MatchFacts, type MatchOptions } from '@clarion/matching';
import type { Store } from '@clarion/model';
import { wholeSubject, type SubjectStore } from './composition-subject';

export interface RefreshCountsDeps {
  readonly store: MatchFacts & SubjectStore & Pick<Store, 'composition' | 'putCounts'>;
  readonly options: MatchOptions;
}

/** How often a composition is counted anew because facts changed while it was. */
const maxTries = 3;

/**
 * Counts the vulnerabilities of a composition anew, from all that is known now. When a feed was updated meanwhile it counts
 * again: whoever counted later may have written first. One that is forgotten has no counts any more.
 */
export async function refreshCounts(id: string, { store, options }: RefreshCountsDeps): Promise<void> {
  const composition = await store.composition(id);
  const subject = composition === undefined ? undefined : await wholeSubject(composition, store);
  if (subject === undefined) return;
  let state = await stateOf(store);
  for (let tries = 0; tries < maxTries; tries++) {
    await store.putCounts(id, countBySeverity(await findingsOf(subject, store, options)));
    const now = await stateOf(store);
    if (now === state) return;
    state = now;
  }
}

async function stateOf(store: Pick<Store, 'feedStates'>): Promise<string> {
  return JSON.stringify((await store.feedStates()).map(({ feed, lastChange }) => [feed, lastChange]));
}
