import type { clarionV1 } from '@clarion/proto';
import type { EventUseCases, NotificationUseCases } from '@clarion/use-cases';
import type { callsOf } from './calls';
import { FieldError } from './errors';
import {
  encodeAffectedImage,
  encodeDelivery,
  encodeNotification,
  encodeTransitionEvent,
} from './notification-messages';
import { pageOf, text } from './requests';
import { decodeNotificationState, decodeTransition } from './words';

const id = (value: string): string => text('id', value, 100);

/** Handlers of `clarion.v1.NotificationService`. */
export function notificationService(
  { notifications, events }: { readonly notifications: NotificationUseCases; readonly events: EventUseCases },
  call: ReturnType<typeof callsOf>,
): clarionV1.NotificationServiceServer {
  return {
    listNotifications: call.unary<clarionV1.ListNotificationsRequest, clarionV1.ListNotificationsResponse>(
      'reader',
      async (request) => {
        const state = wordOf('state', request.state, decodeNotificationState);
        const { items, next = '' } = await notifications.list(state === undefined ? {} : { state }, pageOf(request));
        return { notifications: items.map(encodeNotification), next };
      },
    ),
    getNotification: call.unary<clarionV1.GetNotificationRequest, clarionV1.GetNotificationResponse>(
      'reader',
      async (request) => {
        const transition = wordOf('transition', request.transition, decodeTransition);
        const query = transition === undefined ? {} : { transition };
        const { notification, images, deliveries } = await notifications.get(id(request.id), query, pageOf(request));
        return {
          notification: encodeNotification(notification),
          images: images.items.map(encodeAffectedImage),
          next: images.next ?? '',
          deliveries: deliveries.map(encodeDelivery),
        };
      },
    ),
    acknowledgeNotification: call.unary<
      clarionV1.AcknowledgeNotificationRequest,
      clarionV1.AcknowledgeNotificationResponse
    >('operator', async (request) => {
      await notifications.acknowledge(id(request.id));
      return {};
    }),
    replayNotification: call.unary<clarionV1.ReplayNotificationRequest, clarionV1.ReplayNotificationResponse>(
      'operator',
      async (request) => ({ deliveries: await notifications.replay(id(request.id)) }),
    ),
    watchNotifications: call.serverStream<clarionV1.WatchNotificationsRequest, clarionV1.WatchNotificationsResponse>(
      'reader',
      async function* ({ after }, signal) {
        const from = after === '' ? {} : { after: text('after', after) };
        for await (const envelope of events.listen({ ...from, signal })) {
          const { event } = envelope;
          if (event.kind === 'image.transition') yield encodeTransitionEvent(envelope, event);
        }
      },
    ),
  };
}

/** The word of a filter; undefined without a filter. Throws `FieldError` for an unknown number. */
function wordOf<W>(field: string, value: number, decode: (value: number) => W | undefined): W | undefined {
  const word = decode(value);
  if (word === undefined && value !== 0) throw new FieldError(field, 'is not a known value');
  return word;
}
