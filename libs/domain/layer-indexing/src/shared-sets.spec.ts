import { withText } from './shared-sets';

test('equal sets that are made in the same order are one; none is changed', () => {
  const a = withText(undefined, 'a');
  const ab = withText(a, 'b');
  expect([[...a], [...ab]]).toEqual([['a'], ['a', 'b']]);
  expect(withText(withText(undefined, 'a'), 'b')).toBe(ab);
  expect(withText(ab, 'a')).toBe(ab);
});

test('very many different ones are made, but not kept', () => {
  const sets = Array.from({ length: 2000 }, (_, at) => withText(undefined, `text ${at}`));
  expect(sets.every((set, at) => set.size === 1 && set.has(`text ${at}`))).toBe(true);
  expect(withText(undefined, 'text 1999')).not.toBe(sets[1999]);
});
