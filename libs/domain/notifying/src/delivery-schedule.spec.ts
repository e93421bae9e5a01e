import type { NotificationDelivery, WebhookAnswer } from '@clarion/model';
import { afterAttempt, defaultDeliverySettings as settings } from './delivery-schedule';

const endedAt = new Date('2026-03-01T12:00:00.000Z');
const startedAt = new Date(endedAt.getTime() - 250);
const after = (attempts: number): NotificationDelivery => ({
  notification: 'n',
  endpoint: 'e',
  state: 'pending',
  nextAttemptAt: '2026-03-01T11:59:00.000Z',
  attempts,
  log: [],
  createdAt: '2026-03-01T11:00:00.000Z',
  claimedUntil: '2026-03-01T12:01:00.000Z',
});
const answered = (status: number | null, more: Partial<WebhookAnswer> = {}): WebhookAnswer => ({
  status,
  error: status === null ? 'timeout' : null,
  answer: '',
  ...more,
});
const resultOf = (answer: WebhookAnswer, attempts = 0, random = 0.5): ReturnType<typeof afterAttempt> =>
  afterAttempt(after(attempts), { answer, startedAt, endedAt, random }, settings);

describe('answers', () => {
  test.each([
    [200, 'delivered'],
    [204, 'delivered'],
    [299, 'delivered'],
    [302, 'retry'],
    [400, 'retry'],
    [404, 'retry'],
    [410, 'gone'],
    [429, 'retry'],
    [500, 'retry'],
    [503, 'retry'],
    [null, 'retry'],
  ])('%s: %s', (status, expected) => {
    const { result, delivery } = resultOf(answered(status));
    expect(result).toBe(expected);
    expect(delivery.state).toBe({ delivered: 'delivered', retry: 'pending', gone: 'dead' }[expected]);
    expect(delivery).not.toHaveProperty('claimedUntil');
    expect(delivery.attempts).toBe(1);
    const error = expected === 'delivered' ? null : status === null ? 'timeout' : 'status';
    expect(delivery.log).toEqual([{ at: startedAt.toISOString(), status, millis: 250, error, answer: '' }]);
  });
});

describe('schedule', () => {
  const secondsUntilNext = (attempts: number, random?: number): number => {
    const { delivery } = resultOf(answered(500), attempts, random);
    return (Date.parse(delivery.nextAttemptAt) - endedAt.getTime()) / 1000;
  };

  test('ten attempts in 75 hours, 35 minutes and 5 seconds', () => {
    const waits = Array.from({ length: 9 }, (_, attempts) => secondsUntilNext(attempts));
    expect(waits).toEqual([5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]);
    expect(waits.reduce((a, b) => a + b, 0)).toBe(75 * 3600 + 35 * 60 + 5);
    expect(resultOf(answered(500), 9)).toMatchObject({ result: 'dead', delivery: { state: 'dead', attempts: 10 } });
  });

  test('delays vary by up to a tenth', () => {
    expect([secondsUntilNext(1, 0), secondsUntilNext(1, 1)]).toEqual([270, 330]);
  });

  test('the last ten attempts are logged', () => {
    const log = Array.from({ length: 10 }, (_, at) => ({
      at: `${at}`,
      status: 500,
      millis: 1,
      error: 'status',
      answer: '',
    }));
    const { delivery } = afterAttempt(
      { ...after(3), log },
      { answer: answered(500), startedAt, endedAt, random: 0 },
      settings,
    );
    expect(delivery.log.map(({ at }) => at)).toEqual([...log.slice(1).map(({ at }) => at), startedAt.toISOString()]);
  });
});

describe('Retry-After', () => {
  test.each([
    [503, '120', 120, 120],
    [429, 'Sun, 01 Mar 2026 12:10:00 GMT', 600, 600],
    [503, '1', 5, 1],
    [503, '999999', 86_400, 86_400],
    [503, 'Sun, 01 Mar 2020 12:10:00 GMT', 5, 0],
    [503, 'soon', 5, 30],
    [502, undefined, 5, 30],
    [500, '120', 5, undefined],
  ])('%s with %s', (status, retryAfter, seconds, pause) => {
    const { delivery, pauseMillis } = resultOf(answered(status, retryAfter === undefined ? {} : { retryAfter }));
    expect((Date.parse(delivery.nextAttemptAt) - endedAt.getTime()) / 1000).toBe(seconds);
    expect(pauseMillis).toBe(pause === undefined ? undefined : pause * 1000);
  });
});
