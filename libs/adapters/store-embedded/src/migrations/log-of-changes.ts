import { firstRevisionOf } from '@clarion/store-rules';

import { HistoryTally } from '../history-counts';
import { keysBelow } from '../keys';
import { toFeedState } from '../records';
import { newestRevision, putRevision } from '../revision-store';
import type { StoreMigration } from './migration';

/**
 * Every change of facts is logged from here on, and facts of the past are those of a revision: what is stored of a feed
 * becomes its first one. An older Clarion must not write any more: what it changed would be missing in the log, and
 * facts of the past would be wrong.
 */
export const logOfChanges: StoreMigration = {
  to: 6,
  since: '0.2.0',
  ranges: [keysBelow('feed')],
  rewrite(env, _key, value) {
    const state = toFeedState(value);
    const revision = firstRevisionOf(state);
    if (revision === undefined || newestRevision(env, keysBelow('revision', state.feed)) !== undefined) return;
    const tally = new HistoryTally();
    putRevision(env, revision, { state, changes: 0, tally });
    tally.write(env);
  },
};
