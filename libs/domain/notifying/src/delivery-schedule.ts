import type { NotificationDelivery, DeliveryAttempt, WebhookAnswer } from '@clarion/model';

/** Times and limits of deliveries, in milliseconds. */
export interface DeliverySettings {
  /** Delays before each attempt, including the first; the number of delays is the number of attempts. */
  readonly delays: readonly number[];
  /** Each delay varies by up to this share, so that retries do not arrive all at once. */
  readonly jitter: number;
  readonly maxRetryAfter: number;
  /** The pause for an overloaded endpoint that sends no Retry-After. */
  readonly throttle: number;
  readonly attempt: number;
  /** How long a claim on a delivery lasts; longer than an attempt can take. */
  readonly claim: number;
  /** Concurrent attempts per endpoint. */
  readonly concurrency: number;
  /** After this many failures in a row, an endpoint is only probed, once per `probe`. */
  readonly breakerFailures: number;
  readonly probe: number;
  /** The interval for polling deliveries that other processes made due. */
  readonly poll: number;
}

const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** The schedule of Standard Webhooks: ten attempts in 75 hours and 35 minutes. */
export const defaultDeliverySettings: DeliverySettings = {
  delays: [0, 5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour],
  jitter: 0.1,
  maxRetryAfter: 24 * hour,
  throttle: 30 * second,
  attempt: 15 * second,
  claim: minute,
  concurrency: 4,
  breakerFailures: 10,
  probe: minute,
  poll: second,
};

/** The result of an attempt. */
export interface AttemptResult {
  readonly delivery: NotificationDelivery;
  /** `gone`: the receiver wants no more deliveries. `dead`: all attempts were used. */
  readonly result: 'delivered' | 'retry' | 'dead' | 'gone';
  /** The pause that the endpoint requested, or that it needs because it is overloaded. */
  readonly pauseMillis?: number;
}

export interface AttemptedDelivery {
  readonly answer: WebhookAnswer;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Between 0 and 1. */
  readonly random: number;
}

const loggedAttempts = 10;
const overloaded = new Set([429, 502, 503, 504]);

/** Evaluates a response: the state of the delivery, the time of the next attempt, and a pause for the endpoint. */
export function afterAttempt(
  delivery: NotificationDelivery,
  attempted: AttemptedDelivery,
  settings: DeliverySettings,
): AttemptResult {
  const { answer, endedAt } = attempted;
  const { status } = answer;
  const attempts = delivery.attempts + 1;
  const entry = logEntry(attempted);
  const { claimedUntil: _, ...rest } = delivery;
  const tried = { ...rest, attempts, log: [...delivery.log, entry].slice(-loggedAttempts) };
  if (entry.error === null) return { delivery: { ...tried, state: 'delivered' }, result: 'delivered' };
  if (status === 410) return { delivery: { ...tried, state: 'dead' }, result: 'gone' };
  const asked = retryAfterMillis(answer, endedAt, settings);
  const pause = status !== null && overloaded.has(status) ? { pauseMillis: asked ?? settings.throttle } : {};
  const delay = settings.delays[attempts];
  if (delay === undefined) return { delivery: { ...tried, state: 'dead' }, result: 'dead', ...pause };
  const wait = Math.max(delay * (1 + settings.jitter * (2 * attempted.random - 1)), asked ?? 0);
  const nextAttemptAt = new Date(endedAt.getTime() + wait).toISOString();
  return { delivery: { ...tried, nextAttemptAt }, result: 'retry', ...pause };
}

function logEntry({ answer: { status, error, answer }, startedAt, endedAt }: AttemptedDelivery): DeliveryAttempt {
  const isDelivered = error === null && status !== null && status >= 200 && status < 300;
  return {
    at: startedAt.toISOString(),
    status,
    millis: endedAt.getTime() - startedAt.getTime(),
    error: isDelivered ? null : (error ?? 'status'),
    answer,
  };
}

/** RFC 9110 §10.2.3: seconds or an HTTP date; only meaningful from an overloaded receiver. */
function retryAfterMillis(
  { status, retryAfter }: WebhookAnswer,
  now: Date,
  { maxRetryAfter }: DeliverySettings,
): number | undefined {
  if (status === null || !overloaded.has(status) || retryAfter === undefined) return undefined;
  const text = retryAfter.trim();
  const millis = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now.getTime();
  return Number.isNaN(millis) ? undefined : Math.min(maxRetryAfter, Math.max(0, millis));
}
