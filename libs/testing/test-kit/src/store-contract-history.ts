import { describeHistoryIterations } from './store-contract-history-iterations';
import { describeLog } from './store-contract-history-log';
import { describeRetention } from './store-contract-history-retention';
import { describeRevisions } from './store-contract-history-revisions';
import { describeScoreHistory } from './store-contract-history-scores';
import { describeUndoing } from './store-contract-history-undo';
import type { CurrentStore } from './store-under-test';

/** The history of facts: the log of changes, and the revisions of feeds. */
export function describeHistory(current: CurrentStore): void {
  describe('history', () => {
    describeRevisions(current);
    describeLog(current);
    describeHistoryIterations(current);
    describeScoreHistory(current);
    describeRetention(current);
    describeUndoing(current);
  });
}
