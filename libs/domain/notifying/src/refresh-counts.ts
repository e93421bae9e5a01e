import type { MatchFacts } from '@clarion/matching';
import { countFindings, type ReportOptions } from '@clarion/reporting';
import type { CompositionStore, FeedStore } from '@clarion/model';
import { wholeSubject, type SubjectStore } from './composition-subject';
import { readOnce } from './read-once';

export interface RefreshCountsDeps {
  readonly store: MatchFacts & SubjectStore & Pick<CompositionStore, 'composition' | 'putCounts'>;
  readonly options: ReportOptions;
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

/** Compositions whose counts are written at about the same time: a store can do that in one go. */
const mostTogether = 16;
/** Their packages at most, as all of them are in memory; a composition that has more of them is counted alone. */
const mostPackages = 20_000;

/** The compositions in groups that are small enough to be counted at the same time. */
export async function* countedTogether(
  ids: readonly string[],
  store: Pick<CompositionStore, 'composition'>,
): AsyncGenerator<readonly string[]> {
  let group: string[] = [];
  let packages = 0;
  for (const id of ids) {
    // A composition of a version that did not count its packages may be of any size.
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
