import { dayLength, dayOf, firstDayKept } from './days';

describe('the first day that is kept', () => {
  it.each([
    ['1970-01-03T00:00:00Z', 2],
    ['1970-01-03T23:59:59.999Z', 2],
    ['1970-01-03T01:00:00+02:00', 1],
  ])('when entries not used since %s are deleted', (before, day) => {
    expect(firstDayKept(before)).toBe(day);
    expect(dayOf(new Date(day * dayLength))).toBe(day);
  });

  it('rejects what is not a time', () => {
    expect(() => firstDayKept('yesterday')).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
  });
});
