import type { Bus } from '@clarion/model';

import { describeBusFailures, describeBusTakeover } from './bus-contract-failures';
import { describeBusNews } from './bus-contract-news';
import { describeBusRestart } from './bus-contract-restart';
import { describeBusWork } from './bus-contract-work';

/** A bus that a test owns, set up to be impatient. */
export interface BusUnderTest {
  readonly bus: Bus;
  /** One more connection, as another process has it; undefined when a bus never leaves its process. */
  readonly connect?: () => Promise<Bus>;
  /** Kills the server of the bus without warning, and starts it again. */
  readonly server?: { readonly kill: () => Promise<void>; readonly start: () => Promise<void> };
  /** After so many deliveries that failed, work is a dead letter. At least 3. */
  readonly maxDeliveries: number;
  /** A time in which work comes again that nobody has given a sign of life of. */
  readonly silenceMillis: number;
  /** Closes it and deletes its data. */
  readonly cleanup: () => Promise<void>;
}

export type CurrentBus = () => BusUnderTest;

/**
 * The contract of the port `Bus`. Every adapter runs it: `describeBusContract('in-process', openEmptyBus, …)`. Each
 * test gets a new empty bus. A bus with a server of its own also outlives that server's death.
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
    describeBusNews(required);
    if (options.hasServer) {
      describeBusTakeover(required);
      describeBusRestart(required);
    }
  });
}
