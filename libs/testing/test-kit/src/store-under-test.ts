import type { Store } from '@clarion/model';

/** A store that a test owns. */
export interface StoreUnderTest {
  readonly store: Store;
  /** One more connection to the same data, as another replica or process has it. The caller closes it. */
  readonly reopen: (options?: { readonly resultBytes?: number }) => Promise<Store>;
  /** Closes the store and deletes its data. */
  readonly cleanup: () => Promise<void>;
}

/** Opens an empty store and provides the one of the running test. */
export type CurrentStore = () => StoreUnderTest;
