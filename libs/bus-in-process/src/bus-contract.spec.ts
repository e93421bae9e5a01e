import { describeBusContract, type BusUnderTest } from '@clarion/test-kit';

import { createInProcessBus } from './create-in-process-bus';

const maxDeliveries = 4;

async function openEmptyBus(): Promise<BusUnderTest> {
  const bus = createInProcessBus({ maxDeliveries, backoffMillis: [20, 40] });
  return Promise.resolve({ bus, maxDeliveries, silenceMillis: 100, cleanup: () => bus.close() });
}

describeBusContract('in-process', openEmptyBus, { hasServer: false });
