import { jsonOf, type RouteRequest } from '@clarion/http-engine';
import { deliveryStates } from '@clarion/model';
import {
  deliveryPage,
  endpointAnswer,
  endpointInput,
  endpointList,
  endpointWithSecret,
  none,
  pageQuery,
  replayed,
  testResult,
  word,
} from '@clarion/rest-v1-contract';
import { z } from 'zod';
import { type AnyRoute, route } from '../route';
import { pageOf } from '../page-of';
import type { EndpointUseCases } from '@clarion/use-cases';

const group = 'Webhook endpoints';
const params = z.strictObject({ id: word(100) });
const bodies = { 'application/json': endpointInput };

type EndpointInput = Parameters<EndpointUseCases['create']>[0];

/** Leaves out undefined members: to the use case they differ from absent ones. */
function inputOf(request: Pick<RouteRequest<unknown, unknown>, 'body'>): EndpointInput {
  return JSON.parse(JSON.stringify(jsonOf(request))) as EndpointInput;
}

const list = route({
  method: 'get',
  path: '/endpoints',
  operation: 'listEndpoints',
  group,
  about: 'Lists the endpoints that receive webhooks, without their secrets.',
  access: 'operator',
  params: none,
  query: none,
  answers: { 200: { schema: endpointList, about: 'All of them' } },
  handle: async (_request, { endpoints }) => ({ status: 200, json: { items: await endpoints.list() } }),
});

const create = route({
  method: 'post',
  path: '/endpoints',
  operation: 'createEndpoint',
  group,
  about: 'Adds an endpoint. Its secret is in the response, and is never shown again.',
  access: 'operator',
  params: none,
  query: none,
  bodies,
  answers: { 201: { schema: endpointWithSecret, about: 'Created' } },
  async handle(request, { endpoints }) {
    const json = await endpoints.create(inputOf(request));
    return { status: 201, headers: { location: `/api/v1/endpoints/${json.endpoint.id}` }, json };
  },
});

const get = route({
  method: 'get',
  path: '/endpoints/{id}',
  operation: 'getEndpoint',
  group,
  about: 'Returns an endpoint.',
  access: 'operator',
  params,
  query: none,
  answers: { 200: { schema: endpointAnswer, about: 'The endpoint' } },
  handle: async ({ params: { id } }, { endpoints }) => ({ status: 200, json: await endpoints.get(id) }),
});

const put = route({
  method: 'put',
  path: '/endpoints/{id}',
  operation: 'updateEndpoint',
  group,
  about:
    'Replaces an endpoint and enables it. Headers that are left out are kept; for a day, a new secret and the old one both sign.',
  access: 'operator',
  params,
  query: none,
  bodies,
  answers: { 200: { schema: endpointAnswer, about: 'The endpoint as it is now' } },
  handle: async (request, { endpoints }) => ({
    status: 200,
    json: await endpoints.update(request.params.id, inputOf(request)),
  }),
});

const remove = route({
  method: 'delete',
  path: '/endpoints/{id}',
  operation: 'deleteEndpoint',
  group,
  about: 'Deletes an endpoint and its deliveries.',
  access: 'operator',
  params,
  query: none,
  answers: { 204: { about: 'Deleted' } },
  async handle({ params: { id } }, { endpoints }) {
    await endpoints.remove(id);
    return { status: 204 };
  },
});

const test = route({
  method: 'post',
  path: '/endpoints/{id}/test',
  operation: 'testEndpoint',
  group,
  about: 'Sends a test event to an endpoint, and returns the result.',
  access: 'operator',
  params,
  query: none,
  answers: { 200: { schema: testResult, about: 'The result of the delivery' } },
  handle: async ({ params: { id }, signal }, { endpoints }) => ({
    status: 200,
    json: await endpoints.test(id, signal),
  }),
});

const replay = route({
  method: 'post',
  path: '/endpoints/{id}/replay',
  operation: 'replayEndpoint',
  group,
  about: 'Delivers everything since a time again, or only what failed for good.',
  access: 'operator',
  params,
  query: z.strictObject({
    since: z.iso
      .datetime({ offset: true, error: 'must be a time of RFC 3339' })
      .optional()
      .describe('RFC 3339; everything that is kept unless stated'),
    deadOnly: z.enum(['true', 'false']).optional(),
  }),
  answers: { 202: { schema: replayed, about: 'Accepted' } },
  async handle({ params: { id }, query: { since, deadOnly } }, { endpoints }) {
    const which = { deadOnly: deadOnly === 'true', ...(since === undefined ? {} : { since }) };
    return { status: 202, json: { deliveries: await endpoints.replay(id, which) } };
  },
});

const deliveries = route({
  method: 'get',
  path: '/endpoints/{id}/deliveries',
  operation: 'listDeliveries',
  group,
  about: 'Lists the deliveries to an endpoint.',
  access: 'operator',
  params,
  query: z.strictObject({ ...pageQuery, state: z.enum(deliveryStates).optional() }),
  answers: { 200: { schema: deliveryPage, about: 'The deliveries, with the last attempts of each' } },
  handle: async ({ params: { id }, query }, { endpoints }) => ({
    status: 200,
    json: await endpoints.deliveries(id, query.state === undefined ? {} : { state: query.state }, pageOf(query)),
  }),
});

export const endpointRoutes: readonly AnyRoute[] = [list, create, get, put, remove, test, replay, deliveries];
