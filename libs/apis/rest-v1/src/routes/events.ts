import { checked, type ServerSentEvent } from '@clarion/http-engine';
import { none } from '@clarion/rest-v1-contract';
import { z } from 'zod';
import type { EventEnvelope } from '@clarion/model';
import { type AnyRoute, route } from '../route';

/**
 * The `id` of an event: its log, and its number there. Validated before a stream starts, while a status can still be
 * sent.
 */
const position = z.string().regex(/^[\w-]{1,40}:\d{1,15}$/, { error: 'is not a position that was given out' });

const listen = route({
  method: 'get',
  path: '/events',
  operation: 'listenToEvents',
  group: 'Events',
  about:
    'Streams events of images, feeds and notifications as server-sent events, from now on or from just after `Last-Event-ID`. `data` is `{id, at, event}`; an event `error` says that the stream has ended and must be requested again.',
  access: 'reader',
  params: none,
  query: z.strictObject({ after: position.optional().describe('As `Last-Event-ID`, for clients that cannot set it') }),
  answers: { 200: { mediaTypes: ['text/event-stream'], about: 'An endless stream' } },
  handle({ query, headers, signal }, { events }) {
    const last = headers['last-event-id'];
    const sent = typeof last === 'string' && last !== '' ? last : undefined;
    const after = sent === undefined ? query.after : checked(sent, position, { of: 'header', name: 'Last-Event-ID' });
    const heard = events.listen({ signal, ...(after === undefined ? {} : { after }) });
    return Promise.resolve({ status: 200 as const, events: eventsOf(heard) });
  },
});

async function* eventsOf(envelopes: AsyncIterable<EventEnvelope>): AsyncGenerator<ServerSentEvent> {
  for await (const { position, id, at, event } of envelopes)
    yield { id: position, event: event.kind, data: { id, at, event } };
}

export const eventRoutes: readonly AnyRoute[] = [listen];
