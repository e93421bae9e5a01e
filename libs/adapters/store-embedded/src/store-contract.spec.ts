import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { describeStoreContract, type StoreUnderTest } from '@clarion/test-kit';

import { openEmbeddedStore } from './open-embedded-store';

async function openEmptyStore(): Promise<StoreUnderTest> {
  const directory = mkdtempSync(path.join(tmpdir(), 'clarion-store-'));
  const store = await openEmbeddedStore({ directory, mentions: true });
  return {
    store,
    reopen: (options) => openEmbeddedStore({ directory, mentions: true, ...options }),
    cleanup: async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
}

describeStoreContract('embedded', openEmptyStore);
