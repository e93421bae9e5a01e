import { firstTimeOrderedId, laterTimeOrderedId, timeOrderedId } from './time-ordered-id';

const noon = new Date('2026-03-01T12:00:00.000Z');
const after = (millis: number): Date => new Date(noon.getTime() + millis);

test('ids sort by their times', () => {
  const ids = [after(-1), noon, after(1), after(86_400_000)].map(timeOrderedId);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(timeOrderedId(noon)).not.toBe(timeOrderedId(noon));
});

test('the first id of a time is not after any id of it', () => {
  expect(firstTimeOrderedId(noon) <= timeOrderedId(noon)).toBe(true);
  expect(firstTimeOrderedId(noon) > timeOrderedId(after(-1))).toBe(true);
  expect(firstTimeOrderedId(new Date(-1))).toBe(firstTimeOrderedId(new Date(0)));
});

test.each([
  ['the clock went on', 5],
  ['in the same millisecond', 0],
  ['the clock went back by a millisecond', -1],
  ['the clock went back by a year', -31_536_000_000],
])('an id is later than the last one: %s', (_, millis) => {
  // The largest id of its millisecond.
  const last = `${timeOrderedId(noon).slice(0, 14)}7fff-bfff-ffffffffffff`;
  const ids = [last];
  for (let turn = 0; turn < 20; turn += 1) ids.push(laterTimeOrderedId(after(millis), ids.at(-1)));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  // No later than necessary.
  expect(ids.at(-1)! < timeOrderedId(after(50))).toBe(true);
});

test('the first id of all is of its own time', () => {
  const id = laterTimeOrderedId(noon, undefined);
  expect(id >= firstTimeOrderedId(noon) && id < firstTimeOrderedId(after(1))).toBe(true);
});
