import { FairQueue, type Turn } from '@clarion/fair-queue';
import { type Backlog, eventId, type Message, type QueueState, type WorkItem, type WorkKind } from '@clarion/model';

/** Work on its way to a handler. */
export interface Delivery {
  readonly message: Message<WorkItem>;
  /** Those who wait for it; the first ordered it. */
  readonly callers: (string | undefined)[];
  /** How often it has been taken, this time included. */
  count: number;
  /** Whose turn it was taken at; undefined for work that nobody is known to have ordered. */
  caller: string | undefined;
}

/** Who else waits for the same work is not noted beyond this: it is done at the turns of these. */
const mostCallers = 100;

/**
 * The work of one kind, in turns by caller, of each caller first in, first out; what is given back with a delay comes again
 * behind what is waiting then. What several callers wait for is done at the first of their turns.
 */
export class WorkQueue {
  readonly #kind: WorkKind;
  readonly #spares: number;
  readonly #queue: FairQueue<Delivery>;
  readonly #running = new Map<Delivery, Turn<Delivery>>();
  #redelivered = 0;
  readonly #delayed = new Map<NodeJS.Timeout, Delivery>();
  readonly #takers: (() => void)[] = [];
  /** Everything that is not done, by id. */
  readonly #open = new Map<string, Delivery>();
  /** How much of it each caller waits for. */
  readonly #openOf = new Map<string | undefined, number>();

  /** It has no place yet. */
  constructor(kind: WorkKind, spares = 0) {
    this.#kind = kind;
    this.#spares = spares;
    this.#queue = new FairQueue({
      places: 0,
      spares,
      onLong: () => {
        this.#wake();
      },
    });
  }

  /** Everything that is not done. */
  get size(): number {
    return this.#waiting + this.#running.size;
  }

  get #waiting(): number {
    return this.#queue.waiting + this.#delayed.size;
  }

  /** Whether work waits, runs, or comes again. */
  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** What a caller waits for that is not done, and what all do. */
  backlog(caller: string | undefined): Backlog {
    return { ofCaller: this.#openOf.get(caller) ?? 0, inAll: this.size };
  }

  add(message: Message<WorkItem>, count = 0): void {
    const { caller } = message;
    const delivery = { message, callers: [caller], count, caller };
    this.#open.set(eventId(message.event), delivery);
    this.#note(caller, 1);
    this.#push(delivery);
  }

  /** One more waits for work that is there already: it is done at the turn of that caller, should it come first. */
  join({ event, caller }: Message<WorkItem>): void {
    const known = this.#open.get(eventId(event));
    if (known === undefined || known.callers.includes(caller) || known.callers.length >= mostCallers) return;
    known.callers.push(caller);
    this.#note(caller, 1);
    if (this.#queue.has(known)) this.#push(known);
  }

  /** So much more may run at the same time. Gives a number for each one who has to take, those of spare places included. */
  openPlaces(count: number): readonly number[] {
    this.#queue.places += count;
    return Array.from({ length: count + this.#spares }, (_, n) => n);
  }

  /** Nobody takes for these any more. */
  closePlaces(count: number): void {
    this.#queue.places -= count;
  }

  /** The work that is next, as soon as it may run; undefined once `signal` has aborted. */
  async take(signal: AbortSignal): Promise<Delivery | undefined> {
    while (!signal.aborted) {
      const next = this.#shift();
      if (next !== undefined) return next;
      await this.#arrival(signal);
    }
    // It may have been woken for work that it does not take any more.
    if (this.#queue.waiting > 0) this.#wake();
    return undefined;
  }

  /** Taken work is done, or is a dead letter. */
  done(delivery: Delivery): void {
    this.#end(delivery);
    this.#open.delete(eventId(delivery.message.event));
    for (const caller of delivery.callers) this.#note(caller, -1);
  }

  /** Taken work comes again. */
  giveBack(delivery: Delivery, delayMillis: number): void {
    this.#end(delivery);
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
    const { waiting, running } = { waiting: this.#waiting, running: this.#running.size };
    return { kind: this.#kind, waiting, running, redelivered: this.#redelivered };
  }

  close(): void {
    for (const timer of this.#delayed.keys()) clearTimeout(timer);
    this.#delayed.clear();
    this.#queue.clear();
  }

  #push(delivery: Delivery): void {
    for (const caller of delivery.callers) this.#queue.add(laneOf(delivery.message.event, caller), delivery);
    this.#wake();
  }

  #note(caller: string | undefined, more: number): void {
    const count = (this.#openOf.get(caller) ?? 0) + more;
    if (count > 0) this.#openOf.set(caller, count);
    else this.#openOf.delete(caller);
  }

  #wake(): void {
    this.#takers.shift()?.();
  }

  #shift(): Delivery | undefined {
    const turn = this.#queue.take();
    if (turn === undefined) return undefined;
    const { item: next } = turn;
    next.count += 1;
    next.caller = next.callers.find((caller) => caller === turn.lane);
    if (next.count > 1) this.#redelivered += 1;
    this.#running.set(next, turn);
    return next;
  }

  #end(delivery: Delivery): void {
    const turn = this.#running.get(delivery);
    this.#running.delete(delivery);
    if (turn !== undefined) this.#queue.end(turn);
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

/** Of work that nobody is known to have ordered: that for one image is one caller's. */
function laneOf(event: WorkItem, caller: string | undefined): string {
  return caller ?? ('image' in event ? event.image : '');
}
