import { isPassingStatus, parseRetryAfter, retryDelay } from './retry';

const limits = { retries: 3, firstDelayMillis: 100, maxDelayMillis: 250 };

it.each([
  [0, 50, 100],
  [1, 100, 200],
  [2, 125, 250],
])('the wait after attempt %i is between %i and %i', (attempt, least, most) => {
  for (let i = 0; i < 50; i++) {
    const delay = retryDelay(attempt, limits);
    expect(delay).toBeGreaterThanOrEqual(least);
    expect(delay).toBeLessThanOrEqual(most);
  }
});

it('ends after the last attempt', () => {
  expect(retryDelay(3, limits)).toBeUndefined();
});

const now = Date.parse('2024-05-01T12:00:00Z');

it.each([
  ['5', 5_000],
  [' 0 ', 0],
  ['Wed, 01 May 2024 12:00:30 GMT', 30_000],
  ['Wed, 01 May 2024 11:00:00 GMT', 0],
  ['soon', undefined],
  ['', undefined],
  ['-5x', undefined],
])('Retry-After %j', (text, expected) => {
  expect(parseRetryAfter(text, now)).toBe(expected);
});

it.each([
  ['0', 0],
  ['1', undefined],
  ['nonsense', expect.any(Number)],
])('a server that requests %j', (retryAfter, expected) => {
  expect(retryDelay(0, limits, retryAfter)).toEqual(expected);
});

it.each([
  [429, true],
  [503, true],
  [501, false],
  [404, false],
  [200, false],
])('status %i may pass: %s', (status, expected) => {
  expect(isPassingStatus(status)).toBe(expected);
});
