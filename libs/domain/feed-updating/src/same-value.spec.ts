import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { isSameValue } from './same-value';

test.each<[string, unknown, unknown, boolean]>([
  ['members in another order', { a: 1, b: [2] }, { b: [2], a: 1 }, true],
  ['lists in another order', [1, 2], [2, 1], false],
  ['a list and an object', [1], { 0: 1, length: 1 }, false],
  ['null and nothing', null, {}, false],
  ['a member more', { a: 1 }, { a: 1, b: 2 }, false],
  ['another member', { a: 1 }, { b: 1 }, false],
  ['an inherited member', { toString: 1 }, {}, false],
  ['another prototype', { a: { b: 1 } }, Object.assign(Object.create(null) as object, { a: { b: 1 } }), true],
  ['a member called like the prototype', JSON.parse('{"__proto__":1}'), {}, false],
])('%s', (_, one, other, expected) => {
  expect([isSameValue(one, other), isSameValue(other, one)]).toEqual([expected, expected]);
});

test('is what Node calls equal, for JSON', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(value, value, (one, other) => {
      // JSON knows no negative zero.
      const [a, b] = [one, other].map((item) => JSON.parse(JSON.stringify(item)) as unknown);
      expect(isSameValue(a, b)).toBe(isDeepStrictEqual(a, b));
      expect(isSameValue(a, structuredClone(a))).toBe(true);
    }),
  );
});
