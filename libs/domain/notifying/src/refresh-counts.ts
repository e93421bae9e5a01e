import { countFindings, type MatchFacts, type MatchOptions } from '@clarion/matching';
import type { Store } from '@clarion/model';
import { wholeSubject, type SubjectStore } from './composition-subject';
import { readOnce } from './read-once';

export interface RefreshCountsDeps {
  readonly store: MatchFacts & SubjectStore & Pick<Store, 'composition' | 'putCounts'>;
  readonly options: MatchOptions;
}

/** How often a composition is counted anew because facts changed while it was. */
const maxTries = 3;

/**
 * Makes a function that counts the vulnerabilities of a composition anew, from all that is known now. When a feed was
 * updated meanwhile it counts again: whoever counted later may have written first. One that is forgotten has no counts any
 * more. Compositions share most of their packages, so what feeds say is kept from one to the next until a feed is updated.
 */
export function createCountRefresh({ store, options }: RefreshCountsDeps): (composition: string) => Promise<void> {
  // The state is known before the first of the facts is read.
  const look = async () => ({ state: await stateOf(store), facts: readOnce(store) });
  let latest: ReturnType<typeof look> | undefined;
  return async (id) => {
    const composition = await store.composition(id);
    const subject = composition === undefined ? undefined : await wholeSubject(composition, store);
    if (subject === undefined) return;
    for (let tries = 0; tries < maxTries; tries++) {
      const known = (latest ??= look());
      const { state, facts } = await known;
      await store.putCounts(id, await countFindings(subject, facts, options));
      if ((await stateOf(store)) === state) return;
      if (latest === known) latest = undefined;
    }
  };
}

async function stateOf(store: Pick<Store, 'feedStates'>): Promise<string> {
  return JSON.stringify((await store.feedStates()).map(({ feed, lastChange }) => [feed, lastChange]));
}
