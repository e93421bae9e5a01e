import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { type EmbeddedStore, openEmbeddedStore } from '../src/open-embedded-store';

type Options = Partial<Parameters<typeof openEmbeddedStore>[0]>;

/** What a test has for itself. */
export interface StoresOfATest {
  readonly directory: string;
  /** Opens a store in that directory. */
  open(options?: Options): Promise<EmbeddedStore>;
}

/**
 * Gives every test of this file or suite an empty directory; afterwards all open stores are closed, and the directory
 * is removed.
 */
export function storesOfEachTest(): StoresOfATest {
  const opened: EmbeddedStore[] = [];
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'clarion-store-'));
  });
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
    rmSync(directory, { recursive: true });
  });
  return {
    get directory() {
      return directory;
    },
    async open(options = {}) {
      const store = await openEmbeddedStore({ directory, ...options });
      opened.push(store);
      return store;
    },
  };
}

/** The same with an open, empty store. */
export function storeOfEachTest() {
  const stores = storesOfEachTest();
  let store: EmbeddedStore | undefined;
  beforeEach(async () => {
    store = await stores.open();
  });
  const here = {
    get directory(): string {
      return stores.directory;
    },
    get store(): EmbeddedStore {
      if (store === undefined) throw new Error('No test runs');
      return store;
    },
    /** Closes the store and opens it again, as the next process does. */
    async reopen(): Promise<void> {
      await here.store.close();
      store = await stores.open();
    },
  };
  return here;
}
