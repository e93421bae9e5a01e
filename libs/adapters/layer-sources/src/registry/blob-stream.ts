import { setTimeout as sleep } from 'node:timers/promises';
import type { EgressResponse } from '@clarion/egress';
import { ClarionError } from '@clarion/model';

export interface BlobStreamRequest {
  /** Names the blob in errors. */
  readonly label: string;
  /** Opens the blob at byte `from`; each call starts at the registry, so that expired addresses are renewed. */
  readonly open: (from: number) => Promise<EgressResponse>;
  /** Bytes that the manifest declares. */
  readonly size: number | undefined;
  readonly signal: AbortSignal | undefined;
}

export interface ResumeLimits {
  /** Interruptions in a row without progress that are put up with. */
  readonly attempts: number;
  readonly firstDelayMillis: number;
}

const defaultResumeLimits: ResumeLimits = { attempts: 5, firstDelayMillis: 500 };

/** Number of new bytes that count as progress; a server that sends one byte per connection is abandoned. */
const progressBytes = 64 * 1024;

/**
 * Reads a blob and resumes after a broken connection. If the server does not support ranges, the blob is read from the
 * start and the known part is skipped. The content is not verified here: the layer reader computes its digest anyway.
 */
export async function* readBlob(
  request: BlobStreamRequest,
  limits: ResumeLimits = defaultResumeLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { label, size, signal } = request;
  let position = 0;
  let failures = 0;
  let resumedAt = 0;
  for (;;) {
    const answer = await request.open(position); // the egress has retried this already: its failure is final
    try {
      for await (const chunk of from(answer, position, request.label)) {
        position += chunk.byteLength;
        if (size !== undefined && position > size) {
          throw new ClarionError('corrupt-data', `${label} is larger than the ${size} bytes its manifest declares`);
        }
        yield chunk;
      }
      if (size === undefined || position === size) return;
      throw new ClarionError('upstream-unavailable', `${label} ended after ${position} of ${size} bytes`);
    } catch (error) {
      if (!(error instanceof ClarionError) || !error.retryable) throw error;
      failures = position - resumedAt >= progressBytes ? 1 : failures + 1;
      resumedAt = position;
      if (failures > limits.attempts) throw error;
      const millis = limits.firstDelayMillis * 2 ** (failures - 1) * (0.5 + Math.random() / 2);
      await sleep(millis, undefined, signal === undefined ? {} : { signal }).catch(() => {
        signal?.throwIfAborted();
      });
    }
  }
}

async function* from(
  answer: EgressResponse,
  position: number,
  label: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (answer.status === 404) {
    await answer.discard();
    throw new ClarionError('not-found', `The registry does not have ${label}`);
  }
  if (answer.status === 416) {
    await answer.discard();
    throw new ClarionError('corrupt-data', `${label} is shorter than its manifest declares`);
  }
  if (answer.status < 200 || answer.status > 299) {
    await answer.discard();
    throw notGiven(answer.status, label);
  }
  let skip = answer.status === 206 ? position - rangeStart(answer, label, position) : position;
  for await (const chunk of answer.body) {
    const known = Math.min(skip, chunk.byteLength);
    skip -= known;
    if (known < chunk.byteLength) yield chunk.subarray(known);
  }
}

/** What a server sends with an error is not the blob: addresses that are signed expire. */
function notGiven(status: number, label: string): ClarionError {
  const message = `The server answered with status ${status} instead of ${label}`;
  if (status < 400 || status > 499) return new ClarionError('upstream-unavailable', message);
  return new ClarionError('unauthorized', message, { remedy: 'submit the image again with a valid address' });
}

/** First byte of a partial response; one that starts after the requested position would leave a gap. */
function rangeStart(answer: EgressResponse, label: string, position: number): number {
  const start = /^bytes (\d{1,15})-/.exec(answer.headers.get('content-range') ?? '')?.[1];
  if (start === undefined || Number(start) > position) {
    throw new ClarionError('corrupt-data', `The registry answered with another range of ${label} than asked for`);
  }
  return Number(start);
}
