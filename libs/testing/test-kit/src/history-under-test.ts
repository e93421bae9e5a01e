import type { HistoryStore, Store } from '@clarion/model';

import type { StoreUnderTest } from './store-under-test';

/** A store with a log of changes that a test owns. */
export interface HistoryUnderTest extends StoreUnderTest {
  readonly store: Store & HistoryStore;
  readonly reopen: () => Promise<Store & HistoryStore>;
}

/** Provides the store of the running test. */
export type CurrentHistory = () => HistoryUnderTest;
