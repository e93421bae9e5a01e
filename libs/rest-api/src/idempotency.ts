import { createHash } from 'node:crypto';
import { ClarionError } from '@clarion/model';
import { HttpProblem } from './problem';
import type { Answer } from './route';

interface Kept {
  /** What was asked; a key means one request and no other. */
  readonly request: string;
  readonly at: number;
  /** Undefined while it is being answered. */
  answer?: Answer;
}

export interface IdempotencyOptions {
  /** How long an answer is kept; default a day. */
  readonly millis?: number;
  /** How many are kept; default 10,000, the oldest is forgotten first. */
  readonly entries?: number;
  readonly now?: () => number;
}

export interface Idempotency {
  /**
   * Answers a request, or repeats the answer that its key was given before. Throws `invalid-input` for a key that was
   * used for another request, `conflict` while the first one is being answered. Failures of ours are not kept.
   */
  once(
    key: {
      readonly caller: string;
      readonly call: string;
      readonly key: string;
      readonly body: object | string | number | boolean | null;
    },
    answer: () => Promise<Answer>,
  ): Promise<Answer>;
}

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header), kept in this process: replicas do not know of each other. */
export function createIdempotency(options: IdempotencyOptions = {}): Idempotency {
  const { millis = 24 * 3_600_000, entries = 10_000, now = Date.now } = options;
  const kept = new Map<string, Kept>();
  return {
    async once({ caller, call, key, body }, answer) {
      if (!keyPattern.test(key)) throw new ClarionError('invalid-input', 'The Idempotency-Key is empty or too long');
      const name = JSON.stringify([caller, call, key]);
      const request = createHash('sha256').update(JSON.stringify(body)).digest('base64');
      const known = kept.get(name);
      if (known !== undefined && now() - known.at < millis) {
        if (known.request !== request) {
          throw new ClarionError('invalid-input', 'The Idempotency-Key was used for another request');
        }
        if (known.answer !== undefined) return known.answer;
        throw new HttpProblem('conflict', 'The first request with this Idempotency-Key is not answered yet');
      }
      const entry: Kept = { request, at: now() };
      kept.delete(name);
      kept.set(name, entry);
      const [oldest] = kept.keys();
      if (kept.size > entries && oldest !== undefined) kept.delete(oldest);
      try {
        entry.answer = await answer();
        return entry.answer;
      } catch (error) {
        // Nothing was done, as far as is known: asking again is asking for the first time.
        if (kept.get(name) === entry) kept.delete(name);
        throw error;
      }
    },
  };
}
