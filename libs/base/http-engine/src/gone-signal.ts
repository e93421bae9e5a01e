import type { Response } from 'express';

/** Aborted when the connection ends before the answer was sent: the caller does not wait for it any more. */
export function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}
