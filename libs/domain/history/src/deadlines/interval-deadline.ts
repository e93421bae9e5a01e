import { deadlineOf, type DeadlinePolicy, type FindingDeadline } from '@clarion/policy';
import type { FindingInterval, FindingStep } from '../timeline/finding-history';

/** When a finding of an image is looked at. Times are RFC 3339, in the form of `Date.toISOString`. */
export interface DeadlineMoment {
  /** When the image was indexed first: nobody could know anything of it before. */
  readonly indexedAt: string;
  readonly at: string;
}

/**
 * The deadline of a finding of an image at a time, by what was known of it then; undefined where it was not there yet,
 * or no rule is about it. A fix counts from when one was known without interruption.
 */
export function intervalDeadline(
  { from, until, steps }: Pick<FindingInterval, 'from' | 'until' | 'steps'>,
  { indexedAt, at }: DeadlineMoment,
  policy: DeadlinePolicy,
): FindingDeadline | undefined {
  if (from > at || indexedAt > at) return undefined;
  const known = steps.filter((step) => step.at <= at);
  const last = known.at(-1);
  if (last === undefined) return undefined;
  const later = (time: string | undefined): string | undefined =>
    time === undefined || time > indexedAt ? time : indexedAt;
  const fixKnown = later(sinceWhen(known, ({ fixedIn }) => fixedIn !== null));
  const exploitedKnown = later(sinceWhen(known, ({ exploited }) => exploited));
  return deadlineOf(
    last,
    {
      firstKnown: later(from) ?? from,
      ...(fixKnown === undefined ? {} : { fixKnown }),
      ...(exploitedKnown === undefined ? {} : { exploitedKnown }),
      ...(until === null || until > at ? {} : { until }),
    },
    { policy, at },
  );
}

/** Since when the last steps have had a property; undefined where the last one does not have it. */
function sinceWhen(steps: readonly FindingStep[], has: (step: FindingStep) => boolean): string | undefined {
  const without = steps.findLastIndex((step) => !has(step));
  return steps[without + 1]?.at;
}
