import type { HistoryUnderTest } from './history-under-test';
import { describeHistoryIterations } from './store-contract-history-iterations';
import { describeLog } from './store-contract-history-log';
import { describeRetention } from './store-contract-history-retention';
import { describeRevisions } from './store-contract-history-revisions';
import { describeScoreHistory } from './store-contract-history-scores';
import { describeUndoing } from './store-contract-history-undo';

/** The contract of the port `HistoryStore`, as `describeStoreContract`. */
export function describeHistoryContract(name: string, open: () => Promise<HistoryUnderTest>): void {
  describe(`history contract: ${name}`, () => {
    let current: HistoryUnderTest;
    beforeEach(async () => {
      current = await open();
    });
    afterEach(async () => {
      await current.cleanup();
    });
    describeRevisions(() => current);
    describeLog(() => current);
    describeHistoryIterations(() => current);
    describeScoreHistory(() => current);
    describeRetention(() => current);
    describeUndoing(() => current);
  });
}
