import { eventId, type ClarionEvent, type BusMessage, type DomainEvent } from '@clarion/model';

import { laneOf, typeOf } from './subjects';

/**
 * The id of an event on the bus: that of `eventId` with `/` between its parts, so that most ids need no encoding in a
 * header. It is the CloudEvents id and the id by which NATS recognises what was published twice.
 */
export function messageId(event: ClarionEvent): string {
  return eventId(event)
    .split(' ')
    .map((part) => encodePart(part))
    .join('/');
}

/** Work that several callers have ordered is stored once for each of them. */
export function messageIdFor({ event, caller }: BusMessage): string {
  return caller === undefined ? messageId(event) : `${messageId(event)}/${laneOf(caller)}`;
}

function encodePart(part: string): string {
  return part.replace(/[^A-Za-z0-9_.:@+-]/gu, percentEncode);
}

/** The attributes of an event as message headers in binary mode (CloudEvents NATS binding 1.0, section 3.1). */
export function cloudEventHeaders(
  event: DomainEvent,
  { source, time, traceparent, tracestate }: EventAttributes,
): ReadonlyMap<string, string> {
  const about = 'image' in event ? event.image : event.feed;
  const attributes: Record<string, string | undefined> = {
    specversion: '1.0',
    id: messageId(event),
    source,
    type: typeOf(event),
    subject: about,
    time,
    datacontenttype: 'application/json',
    partitionkey: 'image' in event ? event.image : undefined,
    traceparent,
    tracestate,
  };
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) headers.set(`ce-${name}`, encodeHeaderValue(value));
  }
  return headers;
}

export interface EventAttributes {
  /** A URI reference that identifies the producer. */
  readonly source: string;
  /** RFC 3339. */
  readonly time: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/**
 * A header's value: blank, `"`, `%` and all outside of U+0021 to U+007E as UTF-8 bytes with percent signs (CloudEvents
 * HTTP binding 1.0, section 3.1.3.2).
 */
export function encodeHeaderValue(value: string): string {
  return value.replace(/[^\u0021\u0023\u0024\u0026-\u007e]/gu, percentEncode);
}

function percentEncode(character: string): string {
  return [...Buffer.from(character, 'utf8')]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
}
