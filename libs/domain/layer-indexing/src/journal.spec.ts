import { Journal } from './journal';

interface State {
  readonly map: Map<string, number>;
  readonly set: Set<string>;
  value: number;
}

const someState = (): State => ({
  map: new Map([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ]),
  set: new Set(['x', 'y', 'z']),
  value: 1,
});
/** With the order of members. */
const contents = ({ map, set, value }: State) => [[...map], [...set], value];

type Change = (journal: Journal, state: State) => void;

const set: Record<'d' | 'a' | 'sameA' | 'c', Change> = {
  d: (journal, { map }) => {
    journal.set(map, 'd', 4);
  },
  a: (journal, { map }) => {
    journal.set(map, 'a', 9);
  },
  sameA: (journal, { map }) => {
    journal.set(map, 'a', 1);
  },
  c: (journal, { map }) => {
    journal.set(map, 'c', 7);
  },
};
const removed =
  (name: string): Change =>
  (journal, state) => {
    journal.delete(state.map, name);
    journal.delete(state.set, name);
  };
const added =
  (name: string): Change =>
  (journal, state) => {
    journal.add(state.set, name);
  };
const cleared: Change = (journal, { map }) => {
  journal.clear(map);
};
const assigned: Change = (journal, state) => {
  journal.assign(state, 'value', 2);
};

const changes: readonly (readonly [what: string, steps: readonly Change[]])[] = [
  ['adds', [set.d, added('w')]],
  ['replaces', [set.a, assigned]],
  ['deletes and adds again', [removed('a'), set.sameA]],
  ['deletes of a set and adds again', [removed('x'), added('x')]],
  ['adds and deletes', [set.d, removed('d')]],
  ['clears and adds', [cleared, set.c]],
  ['adds what is there, and deletes what is not', [added('x'), removed('none')]],
];

describe('a journal', () => {
  it.each(changes)('takes back what %s', (_, steps) => {
    const [state, plain] = [someState(), someState()];
    const journal = new Journal();
    // Twice: what was taken back is forgotten.
    for (let times = 0; times < 2; times += 1) {
      journal.begin();
      for (const change of steps) change(journal, state);
      journal.rollBack();
      expect(contents(state)).toEqual(contents(plain));
    }
    for (const change of steps) {
      change(journal, state);
      change(new Journal(), plain);
    }
    expect(contents(state)).toEqual(contents(plain));
  });

  it('takes back all of them together, the last one first', () => {
    const state = someState();
    const journal = new Journal();
    const order: string[] = [];
    journal.begin();
    journal.onRollBack(() => order.push('first'));
    for (const [, steps] of changes) for (const change of steps) change(journal, state);
    for (const [, steps] of changes.toReversed()) for (const change of steps) change(journal, state);
    journal.onRollBack(() => order.push('last'));
    journal.rollBack();
    expect([contents(state), order]).toEqual([contents(someState()), ['last', 'first']]);
  });
});
