import { deadlineOf, type DeadlinePolicy, type FindingDeadline } from '@clarion/policy';
import type { FindingInterval, FindingStep } from '../timeline/finding-history';

/** When a finding of an image is looked at. Times are RFC 3339, in the form of `Date.toISOString`. */
export interface DeadlineMoment {
  /** When the image was indexed first: nobody could know anything of it before. */
  readonly indexedAt: string;
  readonly at: string;
}

type KnownInterval = Pick<FindingInterval, 'from' | 'until' | 'steps'>;

export interface DeadlineInterval extends KnownInterval {
  /** Of the same finding, before own data hid it for some time (`suspendedIntervals`). */
  readonly suspended?: readonly KnownInterval[];
}

/**
 * The deadline of a finding of an image at a time, by what was known of it then; undefined where it was not there yet,
 * or no rule is about it. A fix counts from when feeds had one without interruption: own data suspends a deadline, and
 * never restarts it.
 */
export function intervalDeadline(
  { from, until, steps, suspended = [] }: DeadlineInterval,
  { indexedAt, at }: DeadlineMoment,
  policy: DeadlinePolicy,
): FindingDeadline | undefined {
  if (from > at || indexedAt > at) return undefined;
  const known = steps.filter((step) => step.at <= at);
  const last = known.at(-1);
  if (last === undefined) return undefined;
  const later = (time: string | undefined): string | undefined =>
    time === undefined || time > indexedAt ? time : indexedAt;
  const all = [...suspended.flatMap((one) => one.steps), ...known];
  const fixKnown = later(sinceWhen(all, ({ fixedIn }) => fixedIn !== null));
  const exploitedKnown = later(sinceWhen(all, ({ exploited }) => exploited));
  return deadlineOf(
    last,
    {
      firstKnown: later(suspended[0]?.from ?? from) ?? from,
      ...(fixKnown === undefined ? {} : { fixKnown }),
      ...(exploitedKnown === undefined ? {} : { exploitedKnown }),
      ...(until === null || until > at ? {} : { until }),
    },
    { policy, at },
  );
}

/**
 * Since when the steps have had a property, without interruption by a feed; undefined where the last one does not have
 * it.
 */
function sinceWhen(steps: readonly FindingStep[], has: (step: FindingStep) => boolean): string | undefined {
  let since: string | undefined;
  let had = false;
  for (const step of steps) {
    const now = has(step);
    if (now) since ??= step.at;
    else if (had && step.cause.kind === 'data') since = undefined;
    had = now;
  }
  return had ? since : undefined;
}
