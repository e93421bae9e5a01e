import { ClarionError } from '@clarion/model';
import { toFailure } from './failure';

/** How slowly and how long a body may come. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** At least this many bytes must arrive in every window of waiting. */
  readonly minBytesPerWindow: number;
  readonly windowMillis: number;
}

export interface BodyContext {
  readonly url: URL;
  readonly signal: AbortSignal | undefined;
  /** Declared length of the answer; a body that ends earlier is cut short. */
  readonly declared: number | undefined;
}

/**
 * Reads a body under its limits. Time only counts while waiting for the sender, so a slow consumer is never mistaken
 * for a slow sender. Throws `limit-exceeded` or `upstream-unavailable`.
 */
export async function* boundedBody(
  source: AsyncIterable<Uint8Array>,
  limits: BodyLimits,
  context: BodyContext,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { url, signal, declared } = context;
  if (declared !== undefined && declared > limits.maxBytes) throw tooLarge(url, limits.maxBytes);
  const iterator = source[Symbol.asyncIterator]();
  let total = 0;
  let windowBytes = 0;
  let waited = 0;
  let finished = false;
  try {
    for (;;) {
      const before = performance.now();
      const next = await iterator.next();
      waited += performance.now() - before;
      if (next.done === true) break;
      total += next.value.byteLength;
      windowBytes += next.value.byteLength;
      if (total > limits.maxBytes) throw tooLarge(url, limits.maxBytes);
      if (waited >= limits.windowMillis) {
        if (windowBytes < limits.minBytesPerWindow) throw tooSlow(url);
        waited = 0;
        windowBytes = 0;
      }
      yield next.value;
    }
    finished = true;
    if (declared !== undefined && total < declared) {
      throw new ClarionError('upstream-unavailable', `${url.host} cannot be reached: the answer was cut short`);
    }
  } catch (error) {
    throw toFailure(error, url, signal);
  } finally {
    if (!finished) await iterator.return?.().catch(() => undefined);
  }
}

function tooLarge(url: URL, maxBytes: number): ClarionError {
  return new ClarionError('limit-exceeded', `The answer of ${url.host} is larger than ${maxBytes} bytes`);
}

function tooSlow(url: URL): ClarionError {
  return new ClarionError('upstream-unavailable', `${url.host} cannot be reached: the answer comes too slowly`);
}
