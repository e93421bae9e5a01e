import type { NotificationEndpoint, EndpointStore } from '@clarion/model';

import type { MongoContext } from './context';
import { keyPart } from './keys';
import { explained } from './mongo-errors';
import { readValue } from './packed-values';
import { deleteValue, deleteValues, putValue } from './writes';

/** Webhook receivers by id. */
export function endpointStore(context: MongoContext): EndpointStore {
  const endpoints = context.collection('endpoints');
  return {
    putEndpoint: (endpoint) =>
      explained(() => putValue(context, 'endpoints', { id: keyPart(endpoint.id), value: endpoint, members: {} })),
    endpoint: (id) =>
      explained(async () => {
        const document = await endpoints.findOne({ _id: keyPart(id) });
        return document === null
          ? undefined
          : ((await readValue(context, 'endpoints', document)) as NotificationEndpoint | undefined);
      }),
    endpoints: () =>
      explained(async () => {
        const all: NotificationEndpoint[] = [];
        for await (const document of endpoints.find({}).sort({ _id: 1 })) {
          const endpoint = await readValue(context, 'endpoints', document);
          if (endpoint !== undefined) all.push(endpoint as NotificationEndpoint);
        }
        return all;
      }),
    removeEndpoint: (id) =>
      explained(async () => {
        const removed = await deleteValue(context, 'endpoints', keyPart(id));
        await deleteValues(context, 'deliveries', { endpoint: keyPart(id) });
        return removed;
      }),
  };
}
