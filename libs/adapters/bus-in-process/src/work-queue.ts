import { FairQueue, type QueueTurn } from '@clarion/fair-queue';
import {
  type WorkBacklog,
  eventId,
  type BusMessage,
  type QueueState,
  type WorkItem,
  type WorkKind,
} from '@clarion/model';

/** Work that is being delivered to a handler. */
export interface WorkDelivery {
  readonly message: BusMessage<WorkItem>;
  /** Those who wait for it; the first ordered it. */
  readonly callers: (string | undefined)[];
  /** Number of deliveries, including this one. */
  count: number;
  /** The caller in whose turn it was taken; undefined for work without a known caller. */
  caller: string | undefined;
}

/** Further callers that wait for the same work are not recorded: it runs in the turns of these. */
const mostCallers = 100;

/**
 * The work of one kind, in turns by caller, first in, first out for each caller. Work that is returned with a delay is
 * queued again behind the waiting work. Work that several callers wait for runs at the first of their turns.
 */
export class WorkQueue {
  readonly #kind: WorkKind;
  readonly #spares: number;
  readonly #queue: FairQueue<WorkDelivery>;
  /** Work that was taken, and its turn until it leaves its slot. */
  readonly #running = new Map<WorkDelivery, QueueTurn<WorkDelivery> | undefined>();
  #redelivered = 0;
  readonly #delayed = new Map<NodeJS.Timeout, WorkDelivery>();
  readonly #takers: (() => void)[] = [];
  /** All unfinished work, by id. */
  readonly #open = new Map<string, WorkDelivery>();
  /** The amount of unfinished work that each caller waits for. */
  readonly #openOf = new Map<string | undefined, number>();

  /** It has no slots yet. */
  constructor(kind: WorkKind, spares = 0) {
    this.#kind = kind;
    this.#spares = spares;
    this.#queue = new FairQueue({
      slots: 0,
      spares,
      onLong: () => {
        this.#wake();
      },
    });
  }

  /** All unfinished work. */
  get size(): number {
    return this.#waiting + this.#running.size;
  }

  get #waiting(): number {
    return this.#queue.waiting + this.#delayed.size;
  }

  /** Whether work waits, runs, or is due for a retry. */
  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** The amount of unfinished work of a caller, and of all callers. */
  backlog(caller: string | undefined): WorkBacklog {
    return { ofCaller: this.#openOf.get(caller) ?? 0, inAll: this.size };
  }

  add(message: BusMessage<WorkItem>, count = 0): void {
    const { caller } = message;
    const delivery = { message, callers: [caller], count, caller };
    this.#open.set(eventId(message.event), delivery);
    this.#note(caller, 1);
    this.#push(delivery);
  }

  /** Another caller waits for existing work: it also runs at that caller's turn if that comes first. */
  join({ event, caller }: BusMessage<WorkItem>): void {
    const known = this.#open.get(eventId(event));
    if (known === undefined || known.callers.includes(caller) || known.callers.length >= mostCallers) return;
    known.callers.push(caller);
    this.#note(caller, 1);
    if (this.#queue.has(known)) this.#push(known);
  }

  /** Adds slots for parallel work. Returns a number for each taker, including those of spare slots. */
  addSlots(count: number): readonly number[] {
    this.#queue.slots += count;
    return Array.from({ length: count + this.#spares }, (_, n) => n);
  }

  /** Removes the slots of takers that have stopped. */
  removeSlots(count: number): void {
    this.#queue.slots -= count;
  }

  /** The next work, as soon as it may run; undefined once `signal` has aborted. */
  async take(signal: AbortSignal): Promise<WorkDelivery | undefined> {
    while (!signal.aborted) {
      const next = this.#shift();
      if (next !== undefined) return next;
      await this.#arrival(signal);
    }
    // It may have been woken for work that it does not take any more.
    if (this.#queue.waiting > 0) this.#wake();
    return undefined;
  }

  /** Other work may run in place of taken work, which goes on. */
  leaveSlot(delivery: WorkDelivery): void {
    const turn = this.#running.get(delivery);
    if (turn === undefined) return;
    this.#running.set(delivery, undefined);
    this.#queue.end(turn);
  }

  /** Taken work is finished, or is a dead letter. */
  done(delivery: WorkDelivery): void {
    this.#end(delivery);
    this.#open.delete(eventId(delivery.message.event));
    for (const caller of delivery.callers) this.#note(caller, -1);
  }

  /** Queues taken work again. */
  giveBack(delivery: WorkDelivery, delayMillis: number): void {
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

  #push(delivery: WorkDelivery): void {
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

  #shift(): WorkDelivery | undefined {
    const turn = this.#queue.take();
    if (turn === undefined) return undefined;
    const { item: next } = turn;
    next.count += 1;
    next.caller = next.callers.find((caller) => caller === turn.lane);
    if (next.count > 1) this.#redelivered += 1;
    this.#running.set(next, turn);
    return next;
  }

  #end(delivery: WorkDelivery): void {
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

/** Work without a known caller: the work of one image counts as one caller. */
function laneOf(event: WorkItem, caller: string | undefined): string {
  return caller ?? ('image' in event ? event.image : '');
}
