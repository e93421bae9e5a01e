import { randomUUID } from 'node:crypto';

import { ClarionError, eventId, type EventEnvelope, type DomainEvent } from '@clarion/model';

/** The latest events of this process, numbered, and the listeners waiting for more. */
export class EventLog {
  readonly #kept: EventEnvelope[] = [];
  readonly #most: number;
  /** Positions of another process, or of an earlier run, are not positions of this log. */
  readonly #name = randomUUID();
  #last = 0;
  /**
   * Listeners waiting for the next event. A hundred thousand events may arrive in one turn, so adding one must be
   * cheap.
   */
  #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  add(event: DomainEvent): void {
    this.#last += 1;
    this.#kept.push({
      position: `${this.#name}:${this.#last}`,
      id: eventId(event),
      at: new Date().toISOString(),
      event,
    });
    // In batches, because removing the first one moves all others.
    if (this.#kept.length >= this.#most + Math.max(1, this.#most >> 2))
      this.#kept.splice(0, this.#kept.length - this.#most);
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Events after `after`, or from the time of this call, until `signal` aborts. */
  listen(after: string | undefined, signal: AbortSignal): AsyncIterable<EventEnvelope> {
    return this.#from({ after, last: this.#last }, signal);
  }

  async *#from(start: { after: string | undefined; last: number }, signal: AbortSignal): AsyncGenerator<EventEnvelope> {
    let number = start.after === undefined ? start.last : this.#numberOf(start.after);
    while (!signal.aborted) {
      const next = this.#kept[number - this.#oldest + 1];
      if (number + 1 < this.#oldest) throw notKept();
      if (next === undefined) await this.#more(signal);
      else {
        number += 1;
        yield next;
      }
    }
  }

  get #oldest(): number {
    return this.#last - this.#kept.length + 1;
  }

  #numberOf(position: string): number {
    const [, name, digits] = /^([\w-]{1,40}):(\d{1,15})$/.exec(position) ?? [];
    if (name === undefined) throw new ClarionError('invalid-input', 'The position is not valid');
    const number = Number(digits);
    if (name !== this.#name || number > this.#last || number + 1 < this.#oldest) throw notKept();
    return number;
  }

  #more(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', end);
        resolve();
      };
      const end = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== wake);
        resolve();
      };
      signal.addEventListener('abort', end, { once: true });
      this.#waiting.push(wake);
    });
  }
}

function notKept(): ClarionError {
  return new ClarionError('not-found', 'Events after this position are no longer stored', {
    remedy: 'read the present state from the store and listen from now on',
  });
}
