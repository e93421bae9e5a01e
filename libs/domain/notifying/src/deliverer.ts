import type { NotificationDelivery, NotificationEndpoint, DeliveryStore, EndpointStore } from '@clarion/model';
import { deliver, type DeliverDeps } from './deliver';
import { defaultDeliverySettings, type DeliverySettings } from './delivery-schedule';
import { createEndpointHealth, type EndpointHealth } from './endpoint-health';

export interface DelivererDeps extends Omit<DeliverDeps, 'store' | 'settings'> {
  readonly store: DeliverDeps['store'] &
    Pick<EndpointStore, 'endpoints'> &
    Pick<DeliveryStore, 'claimDeliveries' | 'nextDelivery'>;
  readonly settings?: Partial<DeliverySettings>;
}

/** Sends deliveries when they are due. Any number of processes may do so on one store. */
export interface WebhookDeliverer {
  /** Delivers until `signal` aborts; resolves when the running attempts have ended. */
  run(signal: AbortSignal): Promise<void>;
  /** Something became due in this process: do not wait for the next poll. */
  wake(): void;
}

/**
 * Each endpoint has its own slots for attempts, and the next delivery to it starts when one ends, so a slow or dead
 * endpoint does not delay others. Due deliveries and their claims are in the store; only the health of endpoints is in
 * memory.
 */
export function createDeliverer(deps: DelivererDeps): WebhookDeliverer {
  const settings = { ...defaultDeliverySettings, ...deps.settings };
  const pumps = new Pumps({ ...deps, settings });
  const pause = createPause();
  return {
    wake: pause.end,
    async run(signal) {
      signal.addEventListener('abort', pause.end, { once: true });
      for (;;) {
        pause.begin();
        if (signal.aborted) break;
        let wait = settings.poll;
        try {
          wait = await pumps.startDue(signal);
        } catch (error) {
          deps.log.warn('The store cannot list what is to be delivered', { error });
        }
        await pause.atMost(wait);
      }
      await pumps.ended();
    },
  };
}

/** A pause that can be ended, even before it starts: any time after `begin`. */
function createPause(): { begin(): void; end: () => void; atMost(millis: number): Promise<void> } {
  let ended = false;
  let wake = (): void => undefined;
  return {
    begin() {
      ended = false;
    },
    end() {
      ended = true;
      wake();
    },
    async atMost(millis) {
      if (ended) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, millis);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
  };
}

type PumpDeps = DelivererDeps & { readonly settings: DeliverySettings };

class Pumps {
  private readonly healths = new Map<string, EndpointHealth>();
  private readonly attempts = new Set<Promise<void>>();

  private readonly deps: PumpDeps;

  constructor(deps: PumpDeps) {
    this.deps = deps;
  }

  /** Starts due deliveries that have a free slot. Resolves to the time until there may be more. */
  async startDue(signal: AbortSignal): Promise<number> {
    const { store, settings, now } = this.deps;
    const next = await store.nextDelivery();
    const wait = next === undefined ? settings.poll : Date.parse(next) - now().getTime();
    if (wait > 0) return Math.min(wait, settings.poll);
    const endpoints = await store.endpoints();
    this.forgetOthers(endpoints);
    for (const endpoint of endpoints) await this.fill(endpoint, signal);
    // What is still due waits for a slot, which attempts free when they end, or for an endpoint to recover.
    return settings.poll;
  }

  async ended(): Promise<void> {
    while (this.attempts.size > 0) await Promise.all(this.attempts);
  }

  private async fill(endpoint: NotificationEndpoint, signal: AbortSignal): Promise<void> {
    const { store, settings, now } = this.deps;
    const health = this.healthOf(endpoint.id);
    const limit = health.room(now().getTime());
    if (limit <= 0 || endpoint.disabled !== undefined || signal.aborted) return;
    // Reserved before the query, because attempts that end in the meantime query too.
    for (let one = 0; one < limit; one++) health.started();
    const claim = { now: now().toISOString(), until: new Date(now().getTime() + settings.claim).toISOString(), limit };
    let claimed: readonly NotificationDelivery[] = [];
    try {
      claimed = await store.claimDeliveries(endpoint.id, claim);
    } finally {
      for (let one = claimed.length; one < limit; one++) health.released();
    }
    for (const delivery of claimed) this.start(delivery, endpoint, signal);
  }

  private start(delivery: NotificationDelivery, endpoint: NotificationEndpoint, signal: AbortSignal): void {
    const attempt = this.attempt(delivery, endpoint)
      .then(() => this.refill(endpoint.id, signal))
      .catch((error: unknown) => {
        this.deps.log.warn('A delivery is left to be done again', { endpoint: endpoint.id, error });
      });
    this.attempts.add(attempt);
    void attempt.then(() => this.attempts.delete(attempt));
  }

  private async attempt(delivery: NotificationDelivery, endpoint: NotificationEndpoint): Promise<void> {
    const health = this.healthOf(endpoint.id);
    const { now } = this.deps;
    try {
      const attempted = await deliver(delivery, endpoint, this.deps);
      if (attempted === undefined) {
        health.released();
        return;
      }
      if (attempted.pauseMillis !== undefined) health.pause(now().getTime() + attempted.pauseMillis);
      health.ended(attempted.result === 'delivered', now().getTime());
    } catch (error) {
      // The store failed, not the endpoint.
      health.released();
      throw error;
    }
  }

  /** Reads the current endpoint: it may have been changed, disabled or removed. */
  private async refill(id: string, signal: AbortSignal): Promise<void> {
    const endpoint = signal.aborted ? undefined : await this.deps.store.endpoint(id);
    if (endpoint !== undefined) await this.fill(endpoint, signal);
  }

  private healthOf(id: string): EndpointHealth {
    const known = this.healths.get(id);
    if (known !== undefined) return known;
    const health = createEndpointHealth(this.deps.settings);
    this.healths.set(id, health);
    return health;
  }

  private forgetOthers(endpoints: readonly NotificationEndpoint[]): void {
    const ids = new Set(endpoints.map(({ id }) => id));
    for (const [id, health] of this.healths) if (!ids.has(id) && health.isIdle()) this.healths.delete(id);
  }
}
