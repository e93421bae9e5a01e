import { feedList, none, updateOrdered, word } from '@clarion/rest-v1-contract';
import { z } from 'zod';
import { type AnyRoute, route } from '../route';

const group = 'Feeds';

const listFeeds = route({
  method: 'get',
  path: '/feeds',
  operation: 'listFeeds',
  group,
  about: 'Lists the feeds of this installation: their age, their size, and what went wrong.',
  access: 'reader',
  params: none,
  query: none,
  answers: { 200: { schema: feedList, about: 'All of them' } },
  handle: async (_request, { feeds }) => ({ status: 200, json: { items: await feeds.list() } }),
});

const updateFeed = route({
  method: 'post',
  path: '/feeds/{id}/update',
  operation: 'updateFeed',
  group,
  about:
    'Requests an update of a feed now. `force` also applies documents that shrank so much that they would be rejected.',
  access: 'operator',
  params: z.strictObject({ id: word(100) }),
  query: z.strictObject({ force: z.enum(['true', 'false']).optional() }),
  answers: { 202: { schema: updateOrdered, about: 'Accepted; the event `feed.updated` follows' } },
  handle: async ({ params: { id }, query: { force } }, { feeds }) => ({
    status: 202,
    json: await feeds.update(id, { force: force === 'true' }),
  }),
});

export const feedRoutes: readonly AnyRoute[] = [listFeeds, updateFeed];
