import {
  type AffectedImage,
  type Notification,
  type NotificationState,
  type NotificationStore,
  type Page,
  type PageRequest,
  type NotificationKind,
} from '@clarion/model';
import { checkLimit, invalidCursor, PageBuilder } from '@clarion/store-rules';
import type { Document } from 'mongodb';

import { deleteAttempt, newAttempt } from './attempts';
import type { MongoContext } from './context';
import type { NotificationDocument } from './documents';
import { idsBelow, idsUnder, keyPart, recordKey, sequencePart } from './keys';
import { explained } from './mongo-errors';
import { readValue } from './packed-values';
import { pageById } from './pages';
import { chunks, deleteValues, insertValue, putValue } from './writes';

/** Images in one document. */
const imagesTogether = 100;
/** Documents that are written at the same time. */
const documentsTogether = 10;

/** Notifications by id, and their images. */
export function notificationStore(context: MongoContext): NotificationStore {
  const notifications = context.collection('notifications');
  return {
    putNotification: (notification, pages) => explained(() => putNotification(context, notification, pages)),
    notification: (id) =>
      explained(async () => {
        const document = await notifications.findOne({ _id: keyPart(id) });
        return document === null ? undefined : read(context, document);
      }),
    notifications: ({ state }, page) =>
      explained(() => {
        const filter = state === undefined ? {} : { state };
        const each = (document: NotificationDocument) => read(context, document);
        return pageById(context, 'notifications', { filter, page, descending: true, read: each });
      }),
    setNotificationState: (id, state) =>
      explained(async () => {
        await notifications.updateOne({ _id: keyPart(id) }, { $set: { state } });
      }),
    affectedImages: (id, { transition }, page) => explained(() => affectedImages(context, { id, transition }, page)),
    forgetNotifications: (before, states) =>
      explained(() =>
        states === undefined
          ? forgetNotifications(context, keyPart(before))
          : forgetByState(context, keyPart(before), states),
      ),
  };
}

async function read(context: MongoContext, document: NotificationDocument): Promise<Notification | undefined> {
  const notification = (await readValue(context, 'notifications', document)) as Notification | undefined;
  return notification && { ...notification, state: document.state };
}

/** The images come first, under the name of this attempt; the notification names the valid attempt. */
async function putNotification(
  context: MongoContext,
  notification: Notification,
  pages: AsyncIterable<readonly AffectedImage[]>,
): Promise<void> {
  const id = keyPart(notification.id);
  if ((await context.collection('notifications').findOne({ _id: id }, { projection: { _id: 1 } })) !== null) return;
  const attempt = newAttempt(context);
  try {
    let number = 0;
    for await (const many of chunks(eachImage(pages), documentsTogether * imagesTogether)) {
      const puts: Promise<void>[] = [];
      for (let start = 0; start < many.length; start += imagesTogether) {
        const together = many.slice(start, start + imagesTogether);
        const put = putValue(context, 'affected', {
          id: recordKey(notification.id, attempt, sequencePart(number)),
          value: together,
          members: { transitions: transitionsOf(together).map((one) => recordKey(notification.id, attempt, one)) },
        });
        puts.push(put);
        number += 1;
      }
      await Promise.all(puts);
    }
    const members = { state: notification.state, attempt };
    if (await insertValue(context, 'notifications', { id, value: notification, members })) return;
  } catch (error) {
    await deleteAttempt(context, 'notifications', { id, attempt }).catch(() => undefined);
    throw error;
  }
  await deleteAttempt(context, 'notifications', { id, attempt });
}

function transitionsOf(images: readonly AffectedImage[]): readonly NotificationKind[] {
  return [...new Set(images.map(({ transition }) => transition))];
}

async function* eachImage(pages: AsyncIterable<readonly AffectedImage[]>): AsyncGenerator<AffectedImage> {
  for await (const page of pages) yield* page;
}

/** A page ends at an image: the number of its document, and its position in that. */
async function affectedImages(
  context: MongoContext,
  { id, transition }: { readonly id: string; readonly transition: NotificationKind | undefined },
  page: PageRequest,
): Promise<Page<AffectedImage>> {
  checkLimit(page);
  const [number, position] = positionOf(page.after);
  const notification = await context
    .collection('notifications')
    .findOne({ _id: keyPart(id) }, { projection: { attempt: 1 } });
  if (notification === null) return { items: [] };
  const { attempt } = notification;
  const { $lt } = idsBelow(id, attempt);
  const _id = { $gte: recordKey(id, attempt, sequencePart(number)), $lt };
  const filter: Document =
    transition === undefined ? { _id } : { transitions: recordKey(id, attempt, transition), _id };
  const found = context.collection('affected').find(filter).sort({ _id: 1 });
  const gathered = new PageBuilder<AffectedImage>(page.limit);
  for await (const document of found) {
    const images = ((await readValue(context, 'affected', document)) ?? []) as readonly AffectedImage[];
    const at = Number(document._id.slice(document._id.lastIndexOf('\t') + 1));
    const start = at === number ? position : 0;
    for (let index = start; index < images.length; index += 1) {
      const image = images[index];
      if (image === undefined || (transition !== undefined && image.transition !== transition)) continue;
      if (gathered.isFull()) return gathered.page(true);
      gathered.add(`${at}.${index + 1}`, image);
    }
  }
  return gathered.page(false);
}

function positionOf(after: string | undefined): readonly [number: number, position: number] {
  if (after === undefined) return [0, 0];
  const found = /^(\d{1,9})\.(\d{1,4})$/.exec(after);
  if (found === null) throw invalidCursor('the images of a notification');
  return [Number(found[1]), Number(found[2])];
}

/** A notification is removed after its deliveries, so that a crash leaves no delivery without it. */
async function forgetNotifications(context: MongoContext, before: string): Promise<void> {
  const old = context.collection('notifications').find({ _id: { $lt: before } }, { projection: { _id: 1 } });
  for await (const { _id } of old) await deleteValues(context, 'deliveries', { notification: _id });
  await deleteValues(context, 'notifications', { _id: { $lt: before } });
  await deleteValues(context, 'affected', { _id: { $lt: before } });
}

/** One by one. A notification whose state changes in the meantime is kept, but its deliveries are removed. */
async function forgetByState(
  context: MongoContext,
  before: string,
  states: readonly NotificationState[],
): Promise<void> {
  const state = { $in: [...states] };
  const old = context.collection('notifications').find({ state, _id: { $lt: before } }, { projection: { _id: 1 } });
  for await (const { _id } of old) {
    await deleteValues(context, 'deliveries', { notification: _id });
    if ((await deleteValues(context, 'notifications', { _id, state })) === 0) continue;
    await deleteValues(context, 'affected', { _id: idsUnder(_id) });
  }
}
