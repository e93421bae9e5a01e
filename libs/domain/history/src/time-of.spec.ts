import { beginningOf, splitTime, timeOf } from './time-of';

test.each([
  ['2026-01-02', '2026-01-02T23:59:59.999Z'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02T03:04+02:00', '2026-01-02T01:04:00.000Z'],
  ['2026-02-03', '2026-02-03T12:00:00.000Z'],
  ['2026-02-03T12:00:01Z', undefined],
  ['2026-02-04', undefined],
  ['2026-13-01', undefined],
  ['2026-01-32', undefined],
  ['2025-02-29', undefined],
  ['2025-02-30T12:00:00Z', undefined],
  ['2024-02-29', '2024-02-29T23:59:59.999Z'],
  ['yesterday', undefined],
  ['1', undefined],
])('the time %s is %s', (text, expected) => {
  const now = new Date('2026-02-03T12:00:00Z');
  if (expected === undefined) expect(() => timeOf(text, now)).toThrow();
  else expect(timeOf(text, now)).toBe(expected);
});

test.each([
  ['2026-01-02', '2026-01-02T00:00:00.000Z'],
  ['2026-02-03', '2026-02-03T00:00:00.000Z'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2026-02-04', undefined],
  ['2026-02-30', undefined],
])('a period from %s on begins at %s', (text, expected) => {
  const now = new Date('2026-02-03T12:00:00Z');
  if (expected === undefined) expect(() => beginningOf(text, now)).toThrow();
  else expect(beginningOf(text, now)).toBe(expected);
});

test.each([
  ['app:1', { reference: 'app:1' }],
  ['app:1@2026-01-02', { reference: 'app:1', time: '2026-01-02' }],
  ['app@sha256:ab', { reference: 'app@sha256:ab' }],
  ['app@sha256:ab@2026-01-02T03:04:05Z', { reference: 'app@sha256:ab', time: '2026-01-02T03:04:05Z' }],
  ['a@b', { reference: 'a@b' }],
])('%s', (text, expected) => {
  expect(splitTime(text)).toEqual(expected);
});
