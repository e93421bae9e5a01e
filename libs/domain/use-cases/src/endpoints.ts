import {
  createEndpoint,
  removeEndpoint,
  replayEndpoint,
  testEndpoint,
  updateEndpoint,
  viewEndpoint,
} from '@clarion/notifying';
import { ClarionError } from '@clarion/model';
import type { UseCaseContext } from './context';
import { cursorPage } from './cursor';
import { withoutClaim } from './notifications';
import type { EndpointUseCases } from './use-cases';

export function endpointUseCases(context: UseCaseContext): EndpointUseCases {
  const { store, sealer, now, sendWebhook, checkReceiver, requestConsent } = context;
  const deps = { store, sealer, now, checkReceiver, handshake: requestConsent };
  const endpointOf = async (id: string) => {
    const endpoint = await store.endpoint(id);
    if (endpoint !== undefined) return endpoint;
    throw new ClarionError('not-found', `There is no endpoint ${id.slice(0, 100)}`);
  };
  return {
    list: async () => (await store.endpoints()).map((endpoint) => viewEndpoint(endpoint, deps)),
    get: async (id) => viewEndpoint(await endpointOf(id), deps),
    create: (input) => createEndpoint(input, deps),
    update: (id, input) => updateEndpoint(id, input, deps),
    remove: (id) => removeEndpoint(id, { store }),
    test: (id, signal) => testEndpoint(id, { store, send: sendWebhook, ...(signal === undefined ? {} : { signal }) }),
    replay: (id, which) => replayEndpoint(id, which, { store, now }),
    async deliveries(id, query, page) {
      await endpointOf(id);
      const found = await cursorPage(`deliveries to ${id}`, page, (at) =>
        store.deliveries({ endpoint: id, ...query }, at),
      );
      return { ...found, items: found.items.map(withoutClaim) };
    },
  };
}
