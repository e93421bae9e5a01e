import { notificationStates } from '@clarion/model';
import {
  none,
  notificationDetails,
  notificationPage,
  pageQuery,
  replayed,
  transition,
  word,
} from '@clarion/rest-v1-contract';
import { z } from 'zod';
import { type AnyRoute, route } from '../route';
import { pageOf } from '../page-of';

const group = 'Notifications';
const params = z.strictObject({ id: word(100) });

const listNotifications = route({
  method: 'get',
  path: '/notifications',
  operation: 'listNotifications',
  group,
  about: 'Lists notifications: what changed for images because feeds changed.',
  access: 'reader',
  params: none,
  query: z.strictObject({ ...pageQuery, state: z.enum(notificationStates).optional() }),
  answers: { 200: { schema: notificationPage, about: 'Newest first' } },
  handle: async ({ query }, { notifications }) => ({
    status: 200,
    json: await notifications.list(query.state === undefined ? {} : { state: query.state }, pageOf(query)),
  }),
});

const getNotification = route({
  method: 'get',
  path: '/notifications/{id}',
  operation: 'getNotification',
  group,
  about: 'Returns a notification, with the vulnerability before and after, and a page of the affected images.',
  access: 'reader',
  params,
  query: z.strictObject({ ...pageQuery, transition: transition.optional() }),
  answers: { 200: { schema: notificationDetails, about: 'The notification' } },
  handle: async ({ params: { id }, query }, { notifications }) => ({
    status: 200,
    json: await notifications.get(
      id,
      query.transition === undefined ? {} : { transition: query.transition },
      pageOf(query),
    ),
  }),
});

const acknowledge = route({
  method: 'post',
  path: '/notifications/{id}/acknowledge',
  operation: 'acknowledgeNotification',
  group,
  about: 'Acknowledges a notification: deliveries that are still pending are cancelled.',
  access: 'operator',
  params,
  query: none,
  answers: { 204: { about: 'Acknowledged' } },
  async handle({ params: { id } }, { notifications }) {
    await notifications.acknowledge(id);
    return { status: 204 };
  },
});

const replay = route({
  method: 'post',
  path: '/notifications/{id}/replay',
  operation: 'replayNotification',
  group,
  about: 'Delivers a notification again, with the same id.',
  access: 'operator',
  params,
  query: none,
  answers: { 202: { schema: replayed, about: 'Accepted' } },
  handle: async ({ params: { id } }, { notifications }) => ({
    status: 202,
    json: { deliveries: await notifications.replay(id) },
  }),
});

export const notificationRoutes: readonly AnyRoute[] = [listNotifications, getNotification, acknowledge, replay];
