import { eventId, type Message, type QueueState, type WorkItem, type WorkKind } from '@clarion/model';

/** Work on its way to a handler. */
export interface Delivery {
  readonly message: Message<WorkItem>;
  /** How often it has been taken, this time included. */
  count: number;
}

/** The work of one kind: first in, first out; what is given back with a delay comes again behind what is waiting then. */
export class WorkQueue {
  readonly #kind: WorkKind;
  #items: (Delivery | undefined)[] = [];
  #head = 0;
  #running = 0;
  #redelivered = 0;
  readonly #delayed = new Map<NodeJS.Timeout, Delivery>();
  readonly #takers: (() => void)[] = [];
  /** Ids of everything that is not done. */
  readonly #ids = new Set<string>();

  constructor(kind: WorkKind) {
    this.#kind = kind;
  }

  /** Everything that is not done. */
  get size(): number {
    return this.#waiting + this.#running;
  }

  get #waiting(): number {
    return this.#items.length - this.#head + this.#delayed.size;
  }

  /** Whether work waits, runs, or comes again. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(message: Message<WorkItem>, count = 0): void {
    this.#ids.add(eventId(message.event));
    this.#push({ message, count });
  }

  /** The oldest work, as soon as there is any; undefined once `signal` has aborted. */
  async take(signal: AbortSignal): Promise<Delivery | undefined> {
    while (!signal.aborted) {
      const next = this.#shift();
      if (next !== undefined) return next;
      await this.#arrival(signal);
    }
    // It may have been woken for work that it does not take any more.
    if (this.#items.length > this.#head) this.#takers.shift()?.();
    return undefined;
  }

  /** Taken work is done, or is a dead letter. */
  done({ message }: Delivery): void {
    this.#running -= 1;
    this.#ids.delete(eventId(message.event));
  }

  /** Taken work comes again. */
  giveBack(delivery: Delivery, delayMillis: number): void {
    this.#running -= 1;
    if (delayMillis === 0) {
      this.#push(delivery);
      return;
    }
    const timer = setTimeout(() => {
      this.#delayed.delete(timer);
      this.#push(delivery);
    }, delayMillis);
    this.#delayed.set(timer, delivery);
  }

  state(): QueueState {
    return { kind: this.#kind, waiting: this.#waiting, running: this.#running, redelivered: this.#redelivered };
  }

  close(): void {
    for (const timer of this.#delayed.keys()) clearTimeout(timer);
    this.#delayed.clear();
    this.#items = [];
    this.#head = 0;
  }

  #push(delivery: Delivery): void {
    this.#items.push(delivery);
    this.#takers.shift()?.();
  }

  #shift(): Delivery | undefined {
    const next = this.#items[this.#head];
    if (next === undefined) return undefined;
    this.#items[this.#head] = undefined;
    this.#head += 1;
    // Array.shift would move a million items for each one taken.
    if (this.#head > 1000 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    next.count += 1;
    if (next.count > 1) this.#redelivered += 1;
    this.#running += 1;
    return next;
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        this.#takers.splice(this.#takers.indexOf(wake), 1);
        resolve();
      };
      this.#takers.push(wake);
      signal.addEventListener('abort', stop, { once: true });
    });
  }
}
