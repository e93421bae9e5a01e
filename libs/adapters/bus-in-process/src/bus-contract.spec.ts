import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEmbeddedStore } from '@clarion/store-embedded';
import { describeBusContract, type BusUnderTest } from '@clarion/test-kit';

import { createInProcessBus, openInProcessBus } from './create-in-process-bus';

const maxDeliveries = 4;
const options = { maxDeliveries, backoffMillis: [20, 40] };

async function openEmptyBus(): Promise<BusUnderTest> {
  const bus = createInProcessBus(options);
  return Promise.resolve({ bus, maxDeliveries, silenceMillis: 100, cleanup: () => bus.close() });
}

async function openKeptBus(): Promise<BusUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), 'clarion-bus-'));
  const store = await openEmbeddedStore({ directory });
  const bus = await openInProcessBus(store, options);
  return {
    bus,
    maxDeliveries,
    silenceMillis: 100,
    async cleanup() {
      await bus.close();
      await store.close();
      rmSync(directory, { recursive: true });
    },
  };
}

describeBusContract('in-process', openEmptyBus, { hasServer: false });
describeBusContract('in-process, with a journal', openKeptBus, { hasServer: false });
