import type { ServerResponse } from 'node:http';
import type { ServerSentEvent } from './answer';

export interface EventStreamOptions {
  /** Aborted when the caller disconnects. */
  readonly signal: AbortSignal;
  /** A sign of life in silence; default 15 s. */
  readonly heartbeatMillis: number;
}

/** Bytes that wait for a slow caller before its stream is ended. */
const maxBacklog = 1024 * 1024;

/** One event in its wire form. JSON has no line breaks; an id with one could start another field. */
export function formatEvent({ id, event, data }: ServerSentEvent): string {
  const clean = (text: string): string => text.replace(/[\r\n\0]/g, '');
  return `id: ${clean(id)}\nevent: ${clean(event)}\ndata: ${JSON.stringify(data)}\n\n`;
}

/**
 * Writes events as they arrive until they end or the caller disconnects. An error on the way is sent as a separate
 * event (`error`), since the status has been sent: clients reconnect with `Last-Event-ID`.
 */
export async function writeEvents(
  response: ServerResponse,
  events: AsyncIterable<ServerSentEvent>,
  { signal, heartbeatMillis }: EventStreamOptions,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // nginx sends each event at once then.
    'x-accel-buffering': 'no',
  });
  response.write('retry: 2000\n\n');
  const heartbeat = setInterval(() => response.write(':\n\n'), heartbeatMillis);
  try {
    for await (const event of events) {
      if (signal.aborted) return;
      response.write(formatEvent(event));
      if (response.writableLength > maxBacklog) {
        response.destroy();
        return;
      }
    }
  } catch {
    if (!signal.aborted) response.write('event: error\ndata: {}\n\n');
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}
