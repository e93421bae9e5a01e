import type { Bus } from '@clarion/model';

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
