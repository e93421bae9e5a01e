import {
  type AffectedImage,
  deadlineKinds,
  type Notification,
  type VulnerabilityView,
  type WebhookMessage,
} from '@clarion/model';
import { messageId, type BodyContext, type WebhookBody } from '../webhook-body';

/** Every intermediary must forward events of this size (CloudEvents 1.0, size limits). */
const maxEventBytes = 64 * 1024;
/** An image takes at least 160 bytes of a body. */
const maxImages = 400;

export const changedType = 'dev.clarion.vulnerability.changed.v1';
const deadlineTypes = { due: 'dev.clarion.finding.due.v1', overdue: 'dev.clarion.finding.overdue.v1' } as const;
export const testType = 'dev.clarion.endpoint.test.v1';
const dataSchema = 'urn:clarion:schema:notification-event-v1';

/** Attributes of an event (CloudEvents 1.0), all of them strings. */
type Attributes = Readonly<Record<string, string>>;

/**
 * A CloudEvents 1.0 body. Thin: ids, counts and the address of the rest; with `full` also the vulnerability before and
 * after, and the images, as long as the whole event fits into 64 KiB. Its data is
 * `docs/schemas/notification-event-v1.json`.
 */
export async function cloudEventBody(
  message: WebhookMessage,
  context: BodyContext & { readonly binary: boolean; readonly now: Date },
): Promise<WebhookBody> {
  const attributes = attributesOf(message, context);
  const encode = context.binary ? binary : structured;
  if (message.kind === 'test') return encode(attributes, { message: 'This is a test event' });
  const thin = thinData(message.notification, context);
  const full = context.full ? await fullData(message) : undefined;
  if (full !== undefined) {
    const whole = encode(attributes, { ...thin, ...full });
    if (sizeOf(whole) <= maxEventBytes) return whole;
  }
  return encode(attributes, thin);
}

function attributesOf(message: WebhookMessage, { publicUrl, now }: BodyContext & { readonly now: Date }): Attributes {
  const common = { specversion: '1.0', id: messageId(message), source: publicUrl };
  if (message.kind === 'test') return { ...common, type: testType, time: now.toISOString() };
  const { createdAt, vulnerability, traceparent, counts } = message.notification;
  const passed = deadlineKinds.find((kind) => counts[kind] !== undefined);
  return {
    ...common,
    type: passed === undefined ? changedType : deadlineTypes[passed],
    subject: vulnerability,
    time: createdAt,
    datacontenttype: 'application/json',
    dataschema: dataSchema,
    partitionkey: vulnerability,
    // The same at each attempt; the header of this name is the attempt's.
    ...(traceparent === undefined ? {} : { traceparent }),
  };
}

function thinData(notification: Notification, { publicUrl }: BodyContext): object {
  const { id, update, feed, vulnerability, createdAt, counts, namespaces, before, after } = notification;
  const { knownExploitedMissing = null } = notification;
  const view = after ?? before;
  return {
    notification: id,
    update,
    feed,
    vulnerability: { id: view?.id ?? vulnerability, aliases: view?.aliases ?? [] },
    createdAt,
    counts,
    namespaces,
    severity: { before: before?.severity ?? null, after: after?.severity ?? null },
    knownExploited: knownExploitedMissing === null ? view !== null && view.knownExploited !== null : null,
    knownExploitedMissing,
    callback: `${publicUrl}/api/v1/notifications/${id}`,
  };
}

interface FullData {
  readonly before: VulnerabilityView | null;
  readonly after: VulnerabilityView | null;
  readonly images: readonly AffectedImage[];
}

async function fullData(message: WebhookMessage & { readonly kind: 'notification' }): Promise<FullData | undefined> {
  const { before, after } = message.notification;
  const images = await message.images(maxImages);
  return images === undefined ? undefined : { before, after, images };
}

function structured(attributes: Attributes, data: object): WebhookBody {
  return {
    body: JSON.stringify({ ...attributes, data }),
    headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
  };
}

/** Attributes as headers; `datacontenttype` is only the content type (HTTP binding §3.1). */
function binary({ datacontenttype = 'application/json', ...attributes }: Attributes, data: object): WebhookBody {
  const headers = Object.entries(attributes).map(([name, value]) => [`ce-${name}`, percentEncoded(value)] as const);
  return { body: JSON.stringify(data), headers: { 'content-type': datacontenttype, ...Object.fromEntries(headers) } };
}

/** HTTP binding §3.1.3.2: space, `"`, `%` and all outside of U+0021 to U+007E, as UTF-8. */
function percentEncoded(value: string): string {
  return value.replace(/[^!#$&-~]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

function sizeOf({ body, headers }: WebhookBody): number {
  return Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(headers));
}
