import { beginningOf, splitTime, timeFault, timeOf } from './time-of';

test.each([
  ['2026-01-02', '2026-01-02T23:59:59.999Z'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02t03:04:05z', '2026-01-02T03:04:05.000Z'],
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

test.each([
  ['app:1', undefined],
  ['app:1@2026-01-02', undefined],
  ['app@sha256:ab', undefined],
  ['app@sha256:ab@2026-01-02', undefined],
  ['app:1@2026-13-01', '"app:1" is followed by @ and "2026-13-01", which is not a time'],
  ['app.tar@yesterday', '"app.tar" is followed by @ and "yesterday", which is not a time'],
  ['app@sha256:ab@soon', '"app@sha256:ab" is followed by @ and "soon", which is not a time'],
  ['app@', '"app" is followed by @ and no time'],
])('the fault of the time in %s', (text, expected) => {
  expect(timeFault(text)?.message).toBe(expected);
});

test('a plus sign that a query decodes is named', () => {
  const { remedy } = timeFault('app:1@2026-01-02T03:04:05 02:00') ?? {};
  expect(remedy).toBe('write it as 2026-03-01 or 2026-03-01T12:00:00Z; in a query, + is written %2B');
});
