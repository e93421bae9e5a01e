import type { DeliverySettings } from './delivery-schedule';

/**
 * The health of an endpoint as one process sees it: how many deliveries may be sent to it now. After several failures
 * in a row only one probe at a time is sent, because every attempt to a receiver that is down costs a connection and an
 * attempt.
 */
export interface EndpointHealth {
  /** The number of deliveries that may be started now. */
  room(now: number): number;
  started(): void;
  /** Nothing was sent. */
  released(): void;
  ended(success: boolean, now: number): void;
  pause(until: number): void;
  isIdle(): boolean;
}

export function createEndpointHealth(settings: DeliverySettings): EndpointHealth {
  let running = 0;
  let failures = 0;
  let closedUntil = 0;
  return {
    room(now) {
      if (now < closedUntil) return 0;
      if (failures >= settings.breakerFailures) return running === 0 ? 1 : 0;
      return settings.concurrency - running;
    },
    started() {
      running += 1;
    },
    released() {
      running -= 1;
    },
    ended(success, now) {
      running -= 1;
      failures = success ? 0 : failures + 1;
      if (failures >= settings.breakerFailures) closedUntil = Math.max(closedUntil, now + settings.probe);
    },
    pause(until) {
      closedUntil = Math.max(closedUntil, until);
    },
    isIdle: () => running === 0,
  };
}
