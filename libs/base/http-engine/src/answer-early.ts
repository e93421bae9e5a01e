import type { IncomingMessage } from 'node:http';
import type { Response } from 'express';

/** More than any body of JSON may have. */
const dropped = { bytes: 4 * 1024 ** 2, millis: 10_000 };

/**
 * Sends an answer that is ready before its request has arrived completely. Data that arrives at a closed connection
 * resets it, and a caller that is still sending then never reads the answer: so the answer goes out first, some of the
 * rest is read and dropped, and only then is the answer ended. Its head must already be set.
 */
export async function answerEarly(response: Response, text: string): Promise<void> {
  const request = response.req;
  response.set('content-length', String(Buffer.byteLength(text)));
  response.write(text);
  await dropRest(request);
  response.end();
  // It is unknown where its next request would begin.
  if (!request.complete) request.destroy();
}

async function dropRest(request: IncomingMessage): Promise<void> {
  const timer = setTimeout(() => request.destroy(), dropped.millis).unref();
  let bytes = 0;
  try {
    const rest = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
    for await (const chunk of rest) {
      bytes += chunk.byteLength;
      if (bytes > dropped.bytes) return;
    }
  } catch {
    // It went away.
  } finally {
    clearTimeout(timer);
  }
}
