import { describeBusFailures, describeBusTakeover } from './bus-contract-failures';
import { describeBusEvents } from './bus-contract-events';
import { describeBusRestart } from './bus-contract-restart';
import { describeBusWork } from './bus-contract-work';
import type { BusUnderTest } from './bus-under-test';

/**
 * The contract of the port `Bus`. Every adapter runs it: `describeBusContract('in-process', openEmptyBus, …)`. Each
 * test gets a new empty bus. A bus with a separate server must also survive a crash of that server.
 */
export function describeBusContract(
  name: string,
  open: () => Promise<BusUnderTest>,
  options: { readonly hasServer: boolean },
): void {
  describe(`bus contract: ${name}`, () => {
    let current: BusUnderTest | undefined;
    const required = (): BusUnderTest => {
      if (current === undefined) throw new Error('No bus is open');
      return current;
    };
    beforeEach(async () => {
      current = await open();
    });
    afterEach(async () => {
      await current?.cleanup();
      current = undefined;
    });
    describeBusWork(required);
    describeBusFailures(required);
    describeBusEvents(required);
    if (options.hasServer) {
      describeBusTakeover(required);
      describeBusRestart(required);
    }
  });
}
