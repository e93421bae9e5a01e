export interface FairQueueOptions {
  /** Items that run at the same time. */
  readonly slots: number;
  /** Additional slots for lanes that have nothing running; 0 unless stated. */
  readonly spares?: number;
  /** After this time a running item no longer keeps others from a spare slot; 5 s unless stated. */
  readonly longMillis?: number;
  /** A waiting item may be allowed to start because time passed. */
  readonly onLong?: () => void;
}

/** An item that runs. */
export interface QueueTurn<Item> {
  readonly lane: string;
  readonly item: Item;
}

const defaultLongMillis = 5000;

/**
 * Items that wait for a few slots, in lanes: one per caller. The next slot goes to the lane with the fewest running
 * items; among those, to the one whose last turn is longest ago. Within a lane, first in, first out. An item that
 * several callers wait for is in several lanes: the first turn removes it from all.
 *
 * A lane alone may use all slots. It does not block others: while one lane uses all of them, or everything that runs
 * has run for long, a lane that has nothing running gets a spare slot.
 */
export class FairQueue<Item> {
  /** Places may be added and removed while items run. */
  slots: number;
  readonly #spares: number;
  readonly #longMillis: number;
  readonly #onLong: () => void;
  /** Waiting items, by lane; the lane whose last turn is longest ago comes first. */
  readonly #lanes = new Map<string, Set<Item>>();
  /** The lanes that an item waits in. */
  readonly #lanesOf = new Map<Item, string[]>();
  /** How many run, by lane. */
  readonly #running = new Map<string, number>();
  /** Running items, with the timer that ends when the item has run for long. */
  readonly #turns = new Map<QueueTurn<Item>, NodeJS.Timeout>();
  /** Those that have. */
  readonly #long = new Set<QueueTurn<Item>>();

  constructor({ slots, spares = 0, longMillis = defaultLongMillis, onLong = () => undefined }: FairQueueOptions) {
    this.slots = slots;
    this.#spares = spares;
    this.#longMillis = longMillis;
    this.#onLong = onLong;
  }

  /** Items that wait. */
  get waiting(): number {
    return this.#lanesOf.size;
  }

  /** Items that run. */
  get running(): number {
    return this.#turns.size;
  }

  /** Each item has its own identity: it waits once in a lane, and may be added to others. */
  add(lane: string, item: Item): void {
    const items = this.#lanes.get(lane);
    if (items?.has(item) === true) return;
    if (items === undefined) this.#lanes.set(lane, new Set([item]));
    else items.add(item);
    const lanes = this.#lanesOf.get(item);
    if (lanes === undefined) this.#lanesOf.set(item, [lane]);
    else lanes.push(lane);
  }

  /** Whether it waits. */
  has(item: Item): boolean {
    return this.#lanesOf.has(item);
  }

  /** Removes a waiting item from all lanes. Does nothing when it does not wait. */
  remove(item: Item): void {
    for (const lane of this.#lanesOf.get(item) ?? []) {
      const items = this.#lanes.get(lane);
      items?.delete(item);
      if (items?.size === 0) this.#lanes.delete(lane);
    }
    this.#lanesOf.delete(item);
  }

  /** The item to run next; undefined when none may run now. */
  take(): QueueTurn<Item> | undefined {
    const lane = this.#nextLane();
    if (lane === undefined || !this.#mayStart(lane)) return undefined;
    const first = this.#lanes.get(lane)?.values().next();
    if (first === undefined || first.done === true) return undefined;
    this.remove(first.value);
    this.#toTheEnd(lane);
    return this.#begin({ lane, item: first.value });
  }

  /** An item runs no more. */
  end(turn: QueueTurn<Item>): void {
    clearTimeout(this.#turns.get(turn));
    this.#turns.delete(turn);
    this.#long.delete(turn);
    const left = this.#runningOf(turn.lane) - 1;
    if (left > 0) this.#running.set(turn.lane, left);
    else this.#running.delete(turn.lane);
  }

  /** Nothing waits any more. */
  clear(): void {
    this.#lanes.clear();
    this.#lanesOf.clear();
  }

  /** Only lanes with something running are checked in vain: as many as there are slots. */
  #nextLane(): string | undefined {
    let next: string | undefined;
    for (const lane of this.#lanes.keys()) {
      if (next === undefined || this.#runningOf(lane) < this.#runningOf(next)) next = lane;
      if (this.#runningOf(next) === 0) break;
    }
    return next;
  }

  #mayStart(lane: string): boolean {
    if (this.running < this.slots) return true;
    const isCrowdedOut = this.#running.size === 1 || this.#long.size === this.running;
    return this.#runningOf(lane) === 0 && isCrowdedOut && this.running < this.slots + this.#spares;
  }

  #toTheEnd(lane: string): void {
    const items = this.#lanes.get(lane);
    if (items === undefined) return;
    this.#lanes.delete(lane);
    this.#lanes.set(lane, items);
  }

  #begin(turn: QueueTurn<Item>): QueueTurn<Item> {
    const timer = setTimeout(() => {
      this.#long.add(turn);
      if (this.waiting > 0) this.#onLong();
    }, this.#longMillis);
    this.#turns.set(turn, timer.unref());
    this.#running.set(turn.lane, this.#runningOf(turn.lane) + 1);
    return turn;
  }

  #runningOf(lane: string): number {
    return this.#running.get(lane) ?? 0;
  }
}
