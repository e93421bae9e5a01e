import { z } from 'zod';
import type { Announced } from '@clarion/model';
import { none, word } from '../schemas/basics';
import { type AnyRoute, route, type ServerSentEvent } from '../route';

const listen = route({
  method: 'get',
  path: '/events',
  operation: 'listenToEvents',
  group: 'Events',
  about:
    'News of images, feeds and notifications as server-sent events, from now on or from just after `Last-Event-ID`. `data` is `{id, at, event}`; an event `error` says that the stream ended and must be asked for again.',
  role: 'reader',
  params: none,
  query: z.strictObject({
    after: word(1000).optional().describe('As `Last-Event-ID`, for clients that cannot set it'),
  }),
  answers: { 200: { mediaTypes: ['text/event-stream'], about: 'A stream without an end' } },
  handle({ query, headers, signal }, { news }) {
    const last = headers['last-event-id'];
    const after = (typeof last === 'string' && last !== '' ? last : undefined) ?? query.after;
    const heard = news.listen({ signal, ...(after === undefined ? {} : { after }) });
    return Promise.resolve({ status: 200 as const, events: eventsOf(heard) });
  },
});

async function* eventsOf(news: AsyncIterable<Announced>): AsyncGenerator<ServerSentEvent> {
  for await (const { position, id, at, event } of news)
    yield { id: position, event: event.kind, data: { id, at, event } };
}

export const eventRoutes: readonly AnyRoute[] = [listen];
