import { readPosition, writePosition } from './comparison-position';

const position = {
  ...{ at: 5, now: '2026-01-01T00:00:00.000Z', facts: 'x' },
  ...{ a: `sha256:${'a'.repeat(64)}`, b: `sha256:${'b'.repeat(64)}` },
};

test('a position is read as it was written', () => {
  expect(readPosition(writePosition(position))).toEqual(position);
  expect(readPosition(undefined)).toBeUndefined();
});

test.each([
  '',
  '5',
  writePosition({ ...position, at: -1 }),
  writePosition({ ...position, at: 0.5 }),
  writePosition({ ...position, now: 'soon' }),
  writePosition({ ...position, facts: '' }),
  writePosition({ ...position, b: 'sha256:b' }),
])('%j is not one', (text) => {
  expect(() => readPosition(text)).toThrow('not valid');
});
