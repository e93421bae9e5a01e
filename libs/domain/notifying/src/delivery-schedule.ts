import type { Delivery, DeliveryAttempt, WebhookAnswer } from '@clarion/model';

/** Times and limits of deliveries; milliseconds. */
export interface DeliverySettings {
  /** Waits before each attempt, the first one included; there are as many attempts as waits. */
  readonly delays: readonly number[];
  /** Each wait is longer or shorter by up to this share of it, so that many do not come at once. */
  readonly jitter: number;
  readonly maxRetryAfter: number;
  /** How long an endpoint that is overloaded, and does not say for how long, is left alone. */
  readonly throttle: number;
  readonly attempt: number;
  /** How long a delivery belongs to whoever claimed it; longer than an attempt can take. */
  readonly claim: number;
  /** Attempts at the same time to one endpoint. */
  readonly concurrency: number;
  /** After this many failures in a row an endpoint is only probed, each `probe`. */
  readonly breakerFailures: number;
  readonly probe: number;
  /** How often is looked for what other processes made due. */
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

/** What an attempt comes to. */
export interface AttemptOutcome {
  readonly delivery: Delivery;
  /** `gone`: the receiver wants nothing any more. `dead`: tried as often as is sensible. */
  readonly result: 'delivered' | 'retry' | 'dead' | 'gone';
  /** The endpoint asked to be left alone, or is overloaded: for so long. */
  readonly pauseMillis?: number;
}

export interface Attempted {
  readonly answer: WebhookAnswer;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Between 0 and 1. */
  readonly random: number;
}

const loggedAttempts = 10;
const overloaded = new Set([429, 502, 503, 504]);

/** Decides what follows from an answer: the state of the delivery, when it is tried again, and what that says of the endpoint. */
export function afterAttempt(delivery: Delivery, attempted: Attempted, settings: DeliverySettings): AttemptOutcome {
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

function logEntry({ answer: { status, error, answer }, startedAt, endedAt }: Attempted): DeliveryAttempt {
  const isDelivered = error === null && status !== null && status >= 200 && status < 300;
  return {
    at: startedAt.toISOString(),
    status,
    millis: endedAt.getTime() - startedAt.getTime(),
    error: isDelivered ? null : (error ?? 'status'),
    answer,
  };
}

/** RFC 9110 §10.2.3: seconds or an HTTP date; only meaningful from a receiver that is overloaded. */
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
