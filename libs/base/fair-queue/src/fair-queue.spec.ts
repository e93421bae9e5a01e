import fc from 'fast-check';
import { FairQueue, type FairQueueOptions, type QueueTurn } from './fair-queue';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A queue of items that begin with the name of their lane, and the running ones, by item. */
class Workplace {
  readonly queue: FairQueue<string>;
  readonly turns: QueueTurn<string>[] = [];

  constructor(options: FairQueueOptions) {
    this.queue = new FairQueue(options);
  }

  get running(): readonly string[] {
    return this.turns.map(({ item }) => item);
  }

  /** Adds items, and starts those that may start. */
  add(...items: readonly string[]): void {
    for (const item of items) this.queue.add(laneOf(item), item);
  }

  start(): void {
    for (let turn = this.queue.take(); turn !== undefined; turn = this.queue.take()) this.turns.push(turn);
  }

  end(item: string): void {
    const turn = this.turns.find((one) => one.item === item);
    if (turn === undefined) throw new Error(`${item} does not run`);
    this.turns.splice(this.turns.indexOf(turn), 1);
    this.queue.end(turn);
  }
}

const laneOf = (item: string): string => item.charAt(0);

type Step =
  | readonly ['add', ...string[]]
  | readonly ['end', ...string[]]
  | readonly ['remove', ...string[]]
  /** Items that wait in a lane for others as well. */
  | readonly ['also', lane: string, ...string[]]
  | readonly ['pass', number];

interface Case {
  readonly options: FairQueueOptions;
  readonly steps: readonly Step[];
  readonly running: readonly string[];
}

const two = { slots: 2, spares: 2, longMillis: 100 };
const cases: Readonly<Record<string, Case>> = {
  'gives a lane alone all slots, in its order': {
    options: two,
    steps: [['add', 'a1', 'a2', 'a3', 'a4']],
    running: ['a1', 'a2'],
  },
  'gives each lane a slot before one has two': {
    options: { slots: 3 },
    steps: [['add', 'a1', 'a2', 'a3', 'b1', 'c1']],
    running: ['a1', 'b1', 'c1'],
  },
  'gives a slot that becomes free to the lane that has the least': {
    options: { slots: 3 },
    steps: [
      ['add', 'a1', 'a2', 'a3', 'a4'],
      ['add', 'b1', 'b2'],
      ['end', 'a1'],
      ['end', 'a2'],
    ],
    running: ['a3', 'b1', 'a4'],
  },
  'gives the lane a turn that had none for longest': {
    options: { slots: 1 },
    steps: [
      ['add', 'a1', 'a2', 'b1', 'b2', 'c1'],
      ['end', 'a1'],
      ['end', 'b1'],
    ],
    running: ['c1'],
  },
  'lets another lane in at once while one has all slots': {
    options: two,
    steps: [
      ['add', 'a1', 'a2', 'a3'],
      ['add', 'b1', 'b2'],
    ],
    running: ['a1', 'a2', 'b1'],
  },
  'lets nobody more in while two lanes work': {
    options: two,
    steps: [['add', 'a1', 'b1', 'c1', 'c2']],
    running: ['a1', 'b1'],
  },
  'lets another lane in when all that runs has run for long': {
    options: two,
    steps: [
      ['add', 'a1', 'b1', 'c1', 'c2'],
      ['pass', 100],
    ],
    running: ['a1', 'b1', 'c1'],
  },
  'does not let a lane in that has something running': {
    options: two,
    steps: [
      ['add', 'a1', 'a2', 'a3', 'b1', 'b2'],
      ['pass', 100],
    ],
    running: ['a1', 'b1'],
  },
  'has no more spare slots than stated': {
    options: two,
    steps: [
      ['add', 'a1', 'b1', 'c1', 'd1', 'e1'],
      ['pass', 100],
      ['pass', 100],
      ['pass', 100],
    ],
    running: ['a1', 'b1', 'c1', 'd1'],
  },
  'takes back the spare slot': {
    options: two,
    steps: [
      ['add', 'a1', 'a2', 'a3'],
      ['add', 'b1', 'b2'],
      ['end', 'a1'],
    ],
    running: ['a2', 'b1'],
  },
  'forgets what is not wanted any more': {
    options: { slots: 1 },
    steps: [
      ['add', 'a1', 'a2', 'b1', 'c1'],
      ['remove', 'b1', 'a2', 'a9', 'z1'],
      ['end', 'a1'],
    ],
    running: ['c1'],
  },
  'does what two lanes wait for at the turn of the one that comes first, and once': {
    options: { slots: 1 },
    steps: [
      ['add', 'a1', 'a2', 'a3', 'a4'],
      ['also', 'b', 'a4', 'a4'],
      ['end', 'a1'],
      ['end', 'a2'],
      ['end', 'a4'],
    ],
    running: ['a3'],
  },
  'does it at the turn of the first who waits for it, where that comes first': {
    options: { slots: 1 },
    steps: [
      ['add', 'a1', 'a2', 'b1', 'b2'],
      ['also', 'b', 'a2'],
      ['end', 'a1'],
      ['end', 'b1'],
      ['end', 'a2'],
    ],
    running: ['b2'],
  },
  'counts what runs for the lane whose turn it was': {
    options: { slots: 2 },
    steps: [
      ['add', 'a1', 'a2', 'a3', 'b1'],
      ['also', 'b', 'a2'],
      ['end', 'b1'],
      ['end', 'a1'],
      ['add', 'a4', 'b4'],
      ['end', 'a3'],
    ],
    running: ['a2', 'a4'],
  },
  'forgets in all lanes what is not wanted any more': {
    options: { slots: 1 },
    steps: [
      ['add', 'a1', 'a2'],
      ['also', 'b', 'a2'],
      ['also', 'c', 'a2'],
      ['remove', 'a2'],
      ['end', 'a1'],
      ['add', 'c1'],
    ],
    running: ['c1'],
  },
};

describe('a fair queue', () => {
  test.each(Object.entries(cases))('%s', (_, { options, steps, running }) => {
    const here = new Workplace({
      ...options,
      onLong: () => {
        here.start();
      },
    });
    for (const [kind, ...what] of steps) {
      if (kind === 'pass') jest.advanceTimersByTime(Number(what[0]));
      if (kind === 'also') for (const item of what.slice(1)) here.queue.add(String(what[0]), String(item));
      for (const item of what.map(String)) {
        if (kind === 'add') here.add(item);
        else if (kind === 'end') here.end(item);
        else if (kind === 'remove') here.queue.remove(item);
      }
      here.start();
    }
    expect(here.running).toEqual(running);
    expect(here.queue.running).toBe(running.length);
    expect(running.some((item) => here.queue.has(item))).toBe(false);
  });

  test('starts nothing that was cleared', () => {
    const here = new Workplace(two);
    here.add('a1', 'b1');
    here.queue.clear();
    here.start();
    expect([here.running, here.queue.waiting]).toEqual([[], 0]);
  });
});

/** A sequence of events: arrivals in a lane, the end of the nth running item, passing time. */
const event = fc.oneof(
  fc.record({ arrives: fc.constantFrom('a', 'b', 'c', 'd', 'e') }),
  fc.record({ ends: fc.nat(7) }),
  fc.record({ passes: fc.constantFrom(30, 100) }),
);

const shape = { slots: fc.integer({ min: 1, max: 4 }), spares: fc.integer({ min: 0, max: 3 }) };

describe('any sequence of arrivals and ends', () => {
  const lanesOf = (items: readonly string[]): Set<string> => new Set(items.map(laneOf));
  const many = { numRuns: 500 };
  type Happening = { arrives: string } | { ends: number } | { passes: number };

  /** Plays events; `check` sees each item as it starts, with the items that ran before it. */
  function play(
    options: FairQueueOptions,
    events: readonly Happening[],
    check: (started: string, before: readonly string[], waiting: readonly string[]) => void,
  ): { readonly here: Workplace; readonly waiting: string[]; start(): void } {
    const waiting: string[] = [];
    let count = 0;
    const start = (): void => {
      for (let turn = here.queue.take(); turn !== undefined; turn = here.queue.take()) {
        check(turn.item, here.running, waiting);
        waiting.splice(waiting.indexOf(turn.item), 1);
        here.turns.push(turn);
      }
    };
    const here: Workplace = new Workplace({ ...options, longMillis: 100, onLong: start });
    for (const one of events) {
      if ('arrives' in one) {
        const item = `${one.arrives}${(count += 1)}`;
        waiting.push(item);
        here.add(item);
      } else if ('passes' in one) jest.advanceTimersByTime(one.passes);
      else if (here.running.length > 0) here.end(here.running[one.ends % here.running.length] ?? '');
      start();
    }
    return { here, waiting, start };
  }

  test('a lane keeps its order, and has no more than the number of slots', () => {
    fc.assert(
      fc.property(fc.record(shape), fc.array(event, { maxLength: 80 }), (options, events) => {
        play(options, events, (started, before, waiting) => {
          const lane = laneOf(started);
          expect(waiting.find((item) => laneOf(item) === lane)).toBe(started);
          expect(before.filter((item) => laneOf(item) === lane).length).toBeLessThan(options.slots);
          expect(before.length).toBeLessThan(options.slots + options.spares);
        });
      }),
      many,
    );
  });

  test('no lane is skipped for one with more running items', () => {
    fc.assert(
      fc.property(fc.record(shape), fc.array(event, { maxLength: 80 }), (options, events) => {
        play(options, events, (started, before, waiting) => {
          const share = (lane: string): number => before.filter((item) => laneOf(item) === lane).length;
          const least = Math.min(...[...lanesOf(waiting)].map(share));
          expect(share(laneOf(started))).toBe(least);
        });
      }),
      many,
    );
  });

  test('one lane never blocks another that has nothing running, where there is a spare slot', () => {
    const options = { slots: shape.slots, spares: fc.integer({ min: 1, max: 3 }) };
    fc.assert(
      fc.property(fc.record(options), fc.array(event, { maxLength: 80 }), (given, events) => {
        const { here, waiting } = play(given, events, () => undefined);
        if (lanesOf(here.running).size === 1) {
          expect([...lanesOf(waiting)].filter((lane) => !lanesOf(here.running).has(lane))).toEqual([]);
        }
      }),
      many,
    );
  });

  test('no lane starves: whatever else arrives, it has its turn before any other lane has a second one', () => {
    fc.assert(
      fc.property(fc.record(shape), fc.array(event, { maxLength: 60 }), (options, events) => {
        const played = play(options, events, () => undefined);
        const { here } = played;
        const running = new Set(here.running);
        here.add('z1');
        const others = new Map<string, number>();
        // Running items end, the newest first, and each lane has more to do.
        for (let n = 0; !here.running.includes('z1') && n < 1000; n += 1) {
          for (const lane of 'abcde') here.add(`${lane}-${n}`);
          played.start();
          for (const item of here.running.filter((one) => !running.has(one))) {
            running.add(item);
            if (item !== 'z1') others.set(laneOf(item), (others.get(laneOf(item)) ?? 0) + 1);
          }
          if (!here.running.includes('z1')) here.end(here.running.at(-1) ?? '');
        }
        expect(here.running).toContain('z1');
        expect(Math.max(0, ...others.values())).toBeLessThanOrEqual(1);
      }),
      many,
    );
  });
});
