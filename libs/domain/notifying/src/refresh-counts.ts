import type { MatchFacts } from '@clarion/matching';
import { countFindings, type ReportOptions } from '@clarion/reporting';
import type { CompositionStore, FeedStore } from '@clarion/model';
import { wholeSubject, type SubjectStore } from './composition-subject';
import { readOnce } from './read-once';

export interface RefreshCountsDeps {
  readonly store: MatchFacts & SubjectStore & Pick<CompositionStore, 'composition' | 'putCounts'>;
  readonly options: ReportOptions;
}

/** How often a composition is recounted because facts changed during the count. */
const maxTries = 3;

/**
 * Returns a function that recounts the vulnerabilities of a composition from the current facts. If a feed was updated
 * in the meantime it counts again, because a later count may have been written first. A removed composition has no
 * counts. Compositions share most of their packages, so facts are cached between them until a feed is updated.
 */
export function createCountRefresh({ store, options }: RefreshCountsDeps): (composition: string) => Promise<void> {
  // The state is read before any of the facts.
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

/** The maximum number of compositions to count together: a store can write their counts at once. */
const mostTogether = 16;
/** The maximum number of their packages, because all of them are in memory; a larger composition is counted alone. */
const mostPackages = 20_000;

/** The compositions in groups that are small enough to be counted together. */
export async function* countedTogether(
  ids: readonly string[],
  store: Pick<CompositionStore, 'composition'>,
): AsyncGenerator<readonly string[]> {
  let group: string[] = [];
  let packages = 0;
  for (const id of ids) {
    // A composition from a version that did not count packages may have any size.
    const size = (await store.composition(id))?.packages ?? mostPackages;
    if (group.length === mostTogether || (group.length > 0 && packages + size > mostPackages)) {
      yield group;
      [group, packages] = [[], 0];
    }
    group.push(id);
    packages += size;
  }
  if (group.length > 0) yield group;
}

async function stateOf(store: Pick<FeedStore, 'feedStates'>): Promise<string> {
  return JSON.stringify((await store.feedStates()).map(({ feed, lastChange }) => [feed, lastChange]));
}
