import { millisOf } from '@clarion/store-rules';

import { read, type StoreEnvironment, write } from './environment';
import { historyCounts, HistoryTally, setHistoryFrom } from './history-counts';
import { after, keyPart, keysBelow, recordKey } from './keys';
import type { FeedWriteLease } from './lease';
import { removeLogged } from './log-records';
import { changeKinds, feedPartOf, isChangeKey } from './logged-change';
import { untilFree } from './long-commits';
import { newestChangeKey } from './newest-change';
import { forgetRemovedFeeds } from './removed-feeds';
import { feedRanges, newestRevision, removeRevision } from './revision-store';
import { removeScoreLog, scoreLogUpdates } from './score-log';

/** Records that are removed in one transaction, each with those of its indexes. */
const batchSize = 200;

type Remove = (env: StoreEnvironment, key: string, tally: HistoryTally) => void;

/** A range of records to remove. */
interface Removal {
  readonly start: string;
  readonly end: string;
  readonly remove: Remove;
  /** Whether to remove the record of a key; all by default. */
  readonly matches?: (key: string) => boolean;
}

/**
 * Forgets the log before an update. Its new beginning is written first: from then on nobody relies on what is removed
 * afterwards, however far that comes.
 */
export async function forgetHistory(env: StoreEnvironment, before: string): Promise<void> {
  await untilFree(env);
  const keptFrom = write(env, () => moveBeginning(env, before), { durable: true });
  for (const kind of changeKinds) {
    await removeSome(env, { start: keysBelow(kind).start, end: recordKey(kind, before), remove: removeLogged });
  }
  await removeSome(env, { ...scoreLogUpdates(before), remove: removeScoreLog });
  for (const range of keptFrom) await removeSome(env, { ...range, remove: removeRevision });
}

/** Removes the history of a feed, of which nothing is known then: its revisions first, all at once. */
export async function forgetHistoryOf(env: StoreEnvironment, feed: string, lease: FeedWriteLease): Promise<void> {
  const part = keyPart(feed);
  await untilFree(env);
  write(env, () => {
    const tally = new HistoryTally();
    for (const key of Array.from(env.db.getKeys(keysBelow('revision', feed)))) removeRevision(env, key, tally);
    env.db.removeSync(newestChangeKey(part));
    tally.write(env);
  });
  const isOfFeed = (key: string) => (isChangeKey(key) ? feedPartOf(key) : key.split('\t')[2]) === part;
  for (const kind of changeKinds) {
    lease.renew();
    await removeSome(env, { ...keysBelow(kind), remove: removeLogged, matches: isOfFeed });
  }
  await removeSome(env, { ...scoreLogUpdates(), remove: removeScoreLog, matches: isOfFeed });
}

/**
 * Moves the beginning of the log behind the changes before an update; returns the revisions that are not needed then. A
 * first load has no changes: where nothing is known before, nothing is forgotten.
 */
function moveBeginning(
  env: StoreEnvironment,
  before: string,
): readonly { readonly start: string; readonly end: string }[] {
  const unneeded: { readonly start: string; readonly end: string }[] = [];
  let { from } = historyCounts(env);
  for (const range of feedRanges(env)) {
    const newest = newestRevision(env, range, `${range.start}${keyPart(before)}`);
    if (newest === undefined) continue;
    const end = `${range.start}${keyPart(newest.update)}`;
    const older = newestRevision(env, range, end);
    if (newest.first === true && older === undefined) continue;
    unneeded.push({ start: range.start, end });
    if (from === undefined || millisOf(from) < millisOf(newest.at)) from = newest.at;
  }
  if (from !== undefined) setHistoryFrom(env, from);
  forgetRemovedFeeds(env, from);
  return unneeded;
}

async function removeSome(env: StoreEnvironment, { start, end, remove, matches = () => true }: Removal): Promise<void> {
  for (let from: string | undefined = start; from !== undefined;) {
    const bounds: { start: string; end: string; limit: number } = { start: from, end, limit: batchSize };
    const keys: readonly string[] = read(env, (transaction) => Array.from(env.db.getKeys({ ...bounds, transaction })));
    const gone = keys.filter(matches);
    if (gone.length > 0) {
      await untilFree(env);
      write(env, () => {
        const tally = new HistoryTally();
        for (const key of gone) remove(env, key, tally);
        tally.write(env);
      });
    }
    const last = keys.at(-1);
    from = last === undefined || keys.length < batchSize ? undefined : after(last);
    await new Promise(setImmediate);
  }
}
