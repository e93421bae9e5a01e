import { ClarionError } from '@clarion/model';
import { HttpError } from './http-error';
import type { HttpAnswer } from './answer';

interface Kept {
  /** Hash of the request; a key is valid for one request and no other. Undefined while a body is still arriving. */
  request: string | undefined;
  readonly at: number;
  /** Undefined while it is being answered. */
  answer?: HttpAnswer;
}

export interface IdempotencyOptions {
  /** How long an answer is stored; default one day. */
  readonly millis?: number;
  /** How many answers are stored; default 10,000, the oldest is dropped first. */
  readonly entries?: number;
  readonly now?: () => number;
}

export interface KeyedRequest {
  /** `AuthenticatedCaller.name`. */
  readonly callerName: string;
  /** Method and address. */
  readonly call: string;
  readonly key: string;
}

export interface IdempotentCalls {
  /**
   * Answers a request, or repeats the earlier answer for its key. Throws `idempotency-mismatch` for a key that was used
   * for another body, `conflict` while the first one is being answered. Failures are not stored.
   */
  once(request: KeyedRequest, body: SeenBody, answer: () => Promise<HttpAnswer>): Promise<HttpAnswer>;
}

/** The bytes of a body, hashed as they pass. */
export interface SeenBody {
  /** Reads the rest, and returns the hash of the whole body. */
  digest(): Promise<string>;
}

/** A valid key: printable and without blanks. */
export const idempotencyKeyPattern = /^[\x21-\x7e]{1,255}$/;

/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), stored in this process: replicas do not share it. A
 * key covers method, address, caller, and every byte of the body.
 */
export function createIdempotency(options: IdempotencyOptions = {}): IdempotentCalls {
  const { millis = 24 * 3_600_000, entries = 10_000, now = Date.now } = options;
  const kept = new Map<string, Kept>();
  return {
    async once({ callerName, call, key }, body, answer) {
      if (!idempotencyKeyPattern.test(key))
        throw new ClarionError('invalid-input', 'The Idempotency-Key is empty or too long');
      const name = JSON.stringify([callerName, call, key]);
      const known = kept.get(name);
      if (known !== undefined && now() - known.at < millis) return repeated(known, body);
      const entry: Kept = { request: undefined, at: now() };
      kept.delete(name);
      kept.set(name, entry);
      const [oldest] = kept.keys();
      if (kept.size > entries && oldest !== undefined) kept.delete(oldest);
      try {
        const answered = await answer();
        entry.request = await body.digest();
        entry.answer = answered;
        return answered;
      } catch (error) {
        // As far as is known nothing was done: a repeated request counts as the first one.
        if (kept.get(name) === entry) kept.delete(name);
        throw error;
      }
    },
  };
}

async function repeated({ request, answer }: Kept, body: SeenBody): Promise<HttpAnswer> {
  // The first request has not been read to its end.
  if (answer === undefined) {
    throw new HttpError('conflict', 'The first request with this Idempotency-Key is not answered yet');
  }
  if ((await body.digest()) === request) return answer;
  throw new HttpError('idempotency-mismatch', 'The Idempotency-Key was used for a request with another body');
}
