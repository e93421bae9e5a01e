import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';

/** More than any body of JSON may have. */
const droppedBytes = 4 * 1024 ** 2;
/** How long the rest of a request is awaited at most. */
const droppedMillis = 10_000;

/**
 * Sends an answer that is ready before its request has arrived completely. Data that arrives at a closed connection
 * resets it, and a caller that is still sending then never reads the answer: so the answer goes out first, some of the
 * rest is read and dropped for at most `restMillis` (and 10 seconds), and only then is the answer ended. Its head must
 * already be set.
 */
export async function answerEarly(response: Response, text: string, restMillis = droppedMillis): Promise<void> {
  const request = response.req;
  response.set('content-length', String(Buffer.byteLength(text)));
  response.write(text);
  await dropRest(request, Math.min(restMillis, droppedMillis));
  response.end();
  // It is unknown where its next request would begin.
  if (!request.complete) request.destroy();
}

async function dropRest(request: IncomingMessage, millis: number): Promise<void> {
  const timer = setTimeout(() => request.destroy(), millis).unref();
  let bytes = 0;
  try {
    const rest = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    for await (const chunk of rest) {
      bytes += chunk.byteLength;
      if (bytes > droppedBytes) return;
    }
  } catch {
    // It went away.
  } finally {
    clearTimeout(timer);
  }
}
