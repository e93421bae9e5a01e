import {
  ClarionError,
  type NotificationDelivery,
  type DeliveryStore,
  type Page,
  type PageRequest,
} from '@clarion/model';
import { checkLimit, millisOf } from '@clarion/store-rules';
import type { Document } from 'mongodb';

import type { MongoContext } from './context';
import type { DeliveryDocument } from './documents';
import { keyPart, recordKey } from './keys';
import { explained } from './mongo-errors';
import { deletePages, packValue, readValue, writePages } from './packed-values';
import { firstPage, pageById } from './pages';
import { deleteValue, insertValue, type DocumentMembers, untyped } from './writes';

/** Deliveries by notification and endpoint. */
export function deliveryStore(context: MongoContext): DeliveryStore {
  return {
    addDeliveries: (deliveries) => explained(() => addDeliveries(context, deliveries)),
    claimDeliveries: (endpoint, options) => explained(() => claimDeliveries(context, endpoint, options)),
    putDelivery: (delivery) => explained(() => putDelivery(context, delivery)),
    deliveries: (query, page) => explained(() => listDeliveries(context, query, page)),
    nextDelivery: () => explained(() => nextDelivery(context)),
  };
}

function keyOf({ notification, endpoint }: Pick<NotificationDelivery, 'notification' | 'endpoint'>): string {
  return recordKey(notification, endpoint);
}

function membersOf(delivery: NotificationDelivery): DocumentMembers<'deliveries'> {
  const { claimedUntil, nextAttemptAt, createdAt } = delivery;
  const due = millisOf(nextAttemptAt);
  return {
    notification: keyPart(delivery.notification),
    endpoint: keyPart(delivery.endpoint),
    state: delivery.state,
    ready: claimedUntil === undefined ? due : Math.max(due, millisOf(claimedUntil)),
    ...(claimedUntil === undefined ? {} : { claimedUntil }),
    order: `${timePart(createdAt)}\t${keyOf(delivery)}`,
  };
}

/** A time as a text with the same sort order. */
function timePart(time: string): string {
  return String(Math.max(0, millisOf(time))).padStart(15, '0');
}

async function read(context: MongoContext, document: DeliveryDocument): Promise<NotificationDelivery | undefined> {
  const delivery = (await readValue(context, 'deliveries', document)) as NotificationDelivery | undefined;
  if (delivery === undefined || document.claimedUntil === undefined) return delivery;
  return { ...delivery, claimedUntil: document.claimedUntil };
}

async function addDeliveries(context: MongoContext, deliveries: readonly NotificationDelivery[]): Promise<void> {
  const known = await knownEndpoints(context, deliveries);
  for (const delivery of deliveries) {
    if (!known.has(keyPart(delivery.endpoint))) continue;
    await insertValue(context, 'deliveries', { id: keyOf(delivery), value: delivery, members: membersOf(delivery) });
  }
  // An endpoint that was removed in the meantime may have left these behind.
  const left = await knownEndpoints(context, deliveries);
  for (const delivery of deliveries) {
    const endpoint = keyPart(delivery.endpoint);
    if (known.has(endpoint) && !left.has(endpoint)) await deleteValue(context, 'deliveries', keyOf(delivery));
  }
}

async function knownEndpoints(
  context: MongoContext,
  deliveries: readonly NotificationDelivery[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(deliveries.map(({ endpoint }) => keyPart(endpoint)))];
  const found = context.collection('endpoints').find({ _id: { $in: ids } }, { projection: { _id: 1 } });
  return new Set((await found.toArray()).map(({ _id }) => _id));
}

async function claimDeliveries(
  context: MongoContext,
  endpoint: string,
  { now, until, limit }: { readonly now: string; readonly until: string; readonly limit: number },
): Promise<readonly NotificationDelivery[]> {
  if (millisOf(until) <= millisOf(now))
    throw new ClarionError('invalid-input', `a claim until ${until} ends before ${now}`);
  const claimed: NotificationDelivery[] = [];
  const filter = { endpoint: keyPart(endpoint), state: 'pending' as const, ready: { $lte: millisOf(now) } };
  const claim = { $set: { ready: millisOf(until), claimedUntil: until } };
  while (claimed.length < limit) {
    const document = await context
      .collection('deliveries')
      .findOneAndUpdate(filter, claim, { sort: { ready: 1, _id: 1 }, returnDocument: 'after' });
    if (document === null) break;
    const delivery = await read(context, document);
    if (delivery !== undefined) claimed.push(delivery);
  }
  return claimed;
}

/** Replaces a delivery only if it still exists: the deliveries of a removed endpoint must not come back. */
async function putDelivery(context: MongoContext, delivery: NotificationDelivery): Promise<void> {
  const { claimedUntil, ...ended } = delivery;
  const id = keyOf(delivery);
  const packed = packValue(ended);
  await writePages(context, { collection: 'deliveries', id }, packed);
  const before = await untyped(context, 'deliveries').findOneAndReplace(
    { _id: id },
    { ...membersOf(ended), ...packed.members },
    { projection: { g: 1, n: 1 }, returnDocument: 'before' },
  );
  await deletePages(context, [before ?? packed.members]);
}

type DeliveryQuery = Parameters<DeliveryStore['deliveries']>[0];

async function listDeliveries(
  context: MongoContext,
  query: DeliveryQuery,
  page: PageRequest,
): Promise<Page<NotificationDelivery>> {
  const each = (document: DeliveryDocument) => read(context, document);
  return 'notification' in query
    ? pageById(context, 'deliveries', { filter: { notification: keyPart(query.notification) }, page, read: each })
    : pageByOrder(context, query, page);
}

/** The deliveries of an endpoint in creation order; `after` is an `order`. */
async function pageByOrder(
  context: MongoContext,
  query: Exclude<DeliveryQuery, { readonly notification: string }>,
  page: PageRequest,
): Promise<Page<NotificationDelivery>> {
  checkLimit(page);
  const order = {
    ...(query.since === undefined ? {} : { $gte: timePart(query.since) }),
    ...(page.after === undefined ? {} : { $gt: page.after }),
  };
  const filter: Document = {
    endpoint: keyPart(query.endpoint),
    ...(query.state === undefined ? {} : { state: query.state }),
    ...(Object.keys(order).length === 0 ? {} : { order }),
  };
  const found = context.collection('deliveries').find(filter).sort({ order: 1 });
  const each = (document: DeliveryDocument) => read(context, document);
  return firstPage<DeliveryDocument, NotificationDelivery>(found, {
    limit: page.limit,
    cursorOf: ({ order: at }) => at,
    read: each,
  });
}

async function nextDelivery(context: MongoContext): Promise<string | undefined> {
  const document = await context.collection('deliveries').findOne({ state: 'pending' }, { sort: { ready: 1 } });
  if (document === null) return undefined;
  const delivery = await read(context, document);
  if (delivery === undefined) return undefined;
  const { claimedUntil, nextAttemptAt } = delivery;
  return claimedUntil !== undefined && millisOf(claimedUntil) > millisOf(nextAttemptAt) ? claimedUntil : nextAttemptAt;
}
