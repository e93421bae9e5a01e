import { pageBytes } from '@clarion/model';

import { firstPage, merge } from './pages';

describe('firstPage', () => {
  const items = [1, 2, 3].map((n): [string, number] => [`cursor ${n}`, n]);

  it.each([
    [1, { items: [1], next: 'cursor 1' }],
    [2, { items: [1, 2], next: 'cursor 2' }],
    [3, { items: [1, 2, 3] }],
    [4, { items: [1, 2, 3] }],
  ])('of at most %i', (limit, page) => {
    expect(firstPage(items, { limit })).toStrictEqual(page);
    expect(firstPage([], { limit })).toStrictEqual({ items: [] });
  });

  it('ends with the item that reaches the byte limit', () => {
    const large = [1, 2, 3].map((n): [string, string] => [`cursor ${n}`, String(n).repeat(pageBytes / 2)]);
    expect(firstPage(large, { limit: 10 })).toStrictEqual({ items: [large[0]![1], large[1]![1]], next: 'cursor 2' });
    const huge = [1, 2].map((n): [string, string] => [`cursor ${n}`, String(n).repeat(pageBytes * 2)]);
    expect(firstPage(huge, { limit: 10 })).toStrictEqual({ items: [huge[0]![1]], next: 'cursor 1' });
  });

  it('reads one item more than it returns, and then closes the sequence', () => {
    let given = 0;
    let ended = false;
    const endless = function* (): Generator<[string, number]> {
      try {
        for (;;) yield [String(given), (given += 1)];
      } finally {
        ended = true;
      }
    };
    expect(firstPage(endless(), { limit: 2 })).toStrictEqual({ items: [1, 2], next: '1' });
    expect({ given, ended }).toEqual({ given: 3, ended: true });
  });
});

describe('merge', () => {
  it.each([
    [[], []],
    [[[], []], []],
    [
      [[1, 4], [2, 3, 9], [], [5]],
      [1, 2, 3, 4, 5, 9],
    ],
    [
      [[1, 1], [1]],
      [1, 1, 1],
    ],
  ])('of %j is %j', (sequences, merged) => {
    expect([...merge<number>(sequences, (a, b) => a - b)]).toEqual(merged);
  });

  it('closes every sequence when the caller stops', () => {
    const ended: number[] = [];
    const sequence = function* (n: number): Generator<number> {
      try {
        for (;;) yield n;
      } finally {
        ended.push(n);
      }
    };
    for (const first of merge([sequence(1), sequence(2)], (a, b) => a - b)) {
      expect(first).toBe(1);
      break;
    }
    expect(ended).toEqual([1, 2]);
  });
});
