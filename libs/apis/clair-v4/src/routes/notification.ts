import { ClarionError } from '@clarion/model';
import { z } from 'zod';
import { clairTypes, negotiate } from '../accept';
import { notificationPage } from '../formats/notification-page';
import { anyQuery, type ClairRoute, clairRoute } from '../route';

const path = '/notifier/api/v1/notification/{id}';
const types = clairTypes('notification_page');
const params = z.strictObject({ id: z.string() });
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const zero = '00000000-0000-0000-0000-000000000000';
const [usualSize, largestSize] = [500, 5000];

const query = z.looseObject({ page_size: z.string().max(20).optional(), next: z.string().max(100).optional() });

const getNotification = clairRoute({
  method: 'get',
  path,
  operation: 'getNotification',
  access: 'reader',
  params,
  query,
  async handle({ params: { id }, query: asked, headers }, { useCases: { notifications } }) {
    const known = notificationId(id);
    const mediaType = negotiate(headers.accept, types);
    const size = sizeOf(asked.page_size);
    const { next = '' } = asked;
    if (next !== '' && !uuid.test(next)) throw new ClarionError('invalid-input', '"next" query param is not a uuid');
    const after = next === '' || next === zero ? {} : { after: next.toLowerCase() };
    const { notification, images } = await notifications.imagesByUuid(known, { limit: size, ...after });
    return { status: 200, json: notificationPage(notification, images, size), mediaType };
  },
});

const deleteNotification = clairRoute({
  method: 'delete',
  path,
  operation: 'deleteNotification',
  access: 'operator',
  params,
  query: anyQuery,
  async handle({ params: { id } }, { useCases: { notifications } }) {
    await notifications.acknowledge(notificationId(id));
    return { status: 200 };
  },
});

function notificationId(id: string): string {
  if (uuid.test(id)) return id.toLowerCase();
  throw new ClarionError('invalid-input', `malformed path: ${JSON.stringify(id.slice(0, 150))} is not a uuid`);
}

/** As Clair, 500 for none and 0; of more than we send at once, as many as that. */
function sizeOf(text: string | undefined): number {
  if (text === undefined || text === '') return usualSize;
  if (!/^\d{1,15}$/.test(text)) throw new ClarionError('invalid-input', '"page_size" query param is not a number');
  return Number(text) === 0 ? usualSize : Math.min(Number(text), largestSize);
}

export const notificationRoutes: readonly ClairRoute[] = [getNotification, deleteNotification];
