import { millisOf, sortableTime } from './times';

describe('a time', () => {
  it.each([
    ['2024-03-01T10:00:00Z', '2024-03-01T10:00:00.000Z'],
    ['2024-03-01T10:00:00.5+01:00', '2024-03-01T09:00:00.500Z'],
  ])('spells %s as %s', (time, spelled) => {
    expect(sortableTime(time)).toBe(spelled);
  });

  it.each(['', 'yesterday', 'x'.repeat(1000)])('rejects %p', (time) => {
    for (const read of [sortableTime, millisOf])
      expect(() => read(time)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
  });
});
