import type { NotificationEndpoint, EndpointStore } from '@clarion/model';

import { removeDeliveriesTo } from './delivery-store';
import { type StoreEnvironment, read, settle, write } from './environment';
import { keysBelow, recordKey } from './keys';
import { settleWrite, untilFree } from './long-commits';

/** Deliveries that are removed in one transaction. */
const removedAtOnce = 500;

/** Webhook receivers by id. */
export function endpointStore(env: StoreEnvironment): EndpointStore {
  const { db } = env;
  return {
    putEndpoint: (endpoint) =>
      settleWrite(env, () => {
        const put = () => {
          db.putSync(recordKey('endpoint', endpoint.id), endpoint);
        };
        // The caller has been promised that it is stored.
        write(env, put, { durable: true });
      }),
    endpoint: (id) =>
      settle(() =>
        read(
          env,
          (transaction) => db.get(recordKey('endpoint', id), { transaction }) as NotificationEndpoint | undefined,
        ),
      ),
    endpoints: () =>
      settle(() =>
        read(env, (transaction) =>
          Array.from(
            db.getRange({ ...keysBelow('endpoint'), transaction }),
            ({ value }) => value as NotificationEndpoint,
          ),
        ),
      ),
    removeEndpoint: (id) => removeEndpoint(env, id),
  };
}

/**
 * The endpoint is removed with the last of its deliveries, so that a process that dies in between leaves no delivery
 * without its endpoint.
 */
async function removeEndpoint(env: StoreEnvironment, id: string): Promise<boolean> {
  const key = recordKey('endpoint', id);
  for (;;) {
    await untilFree(env);
    const result = write(env, () => {
      if (!env.db.doesExist(key)) return 'absent';
      if (removeDeliveriesTo(env, id, removedAtOnce) === removedAtOnce) return 'more';
      env.db.removeSync(key);
      return 'removed';
    });
    if (result !== 'more') return result === 'removed';
    await new Promise(setImmediate);
  }
}
