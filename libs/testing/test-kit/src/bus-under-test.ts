import type { Bus } from '@clarion/model';

/** A bus that a test owns, set up to be impatient. */
export interface BusUnderTest {
  readonly bus: Bus;
  /** One more connection, as another process has it; undefined when a bus never leaves its process. */
  readonly connect?: () => Promise<Bus>;
  /** Kills the server of the bus without warning, and starts it again. */
  readonly server?: { readonly kill: () => Promise<void>; readonly start: () => Promise<void> };
  /** Number of failed deliveries after which work becomes a dead letter. At least 3. */
  readonly maxDeliveries: number;
  /** The time after which work without a sign of life is delivered again. */
  readonly silenceMillis: number;
  /** Closes it and deletes its data. */
  readonly cleanup: () => Promise<void>;
}
export type CurrentBus = () => BusUnderTest;
