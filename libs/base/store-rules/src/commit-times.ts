import { millisOf } from './times';

/** When a revision was committed, as it is stored. */
export interface CommitTime {
  readonly update: string;
  /** RFC 3339: from when on it counts; not before that of the revision before it. */
  readonly at: string;
  /** RFC 3339: what the clock of its writer said, where that is not `at`. */
  readonly clock?: string;
}

/** The time of a new revision, and those of earlier ones that it corrects. */
export interface CommitTimes extends Pick<CommitTime, 'at' | 'clock'> {
  readonly corrected: readonly CommitTime[];
}

/** Of more revisions that are later than a new one, none is corrected. */
export const mostCorrected = 1000;

/**
 * The time from which on a new revision counts, by a clock that says `at`. If revisions before it are later by their
 * clocks, one of them was wrong, and the more clocks agree with, the more likely it is right: if fewer were later than
 * contradict them, these were ahead, and count from no later than the revisions after them; else the clock of the new
 * one is behind, and it counts from the time of the revision before. If it is one against one, what is stored stays:
 * the past changes only where most clocks say so.
 *
 * `latest`: the revisions before it, newest first, until the first that is not later by `at`; of more than
 * `mostCorrected`, some may be left out.
 */
export function commitTimes(at: string, latest: readonly CommitTime[]): CommitTimes {
  const millis = millisOf(at);
  const later = latest.filter((one) => millisOf(one.at) > millis);
  const [newest] = later;
  if (newest === undefined) return { at, corrected: [] };
  const ahead = later.filter((one, index) => isAhead(one, later[index + 1], millis)).length;
  const agreeing = 1 + later.filter(({ clock }) => clock !== undefined && millisOf(clock) <= millis).length;
  if (ahead >= agreeing || later.length >= mostCorrected) return { at: newest.at, clock: at, corrected: [] };
  return { at, corrected: corrections(at, later, latest[later.length]) };
}

/** Older versions stored the time of the revision before, without the clock: that says nothing. */
function isAhead({ at, clock }: CommitTime, before: CommitTime | undefined, millis: number): boolean {
  return clock === undefined ? at !== before?.at : millisOf(clock) > millis;
}

function corrections(at: string, later: readonly CommitTime[], before: CommitTime | undefined): readonly CommitTime[] {
  const earliest = before?.at;
  let next = at;
  return later.map(({ update, at: stored, clock = stored }) => {
    if (millisOf(clock) < millisOf(next)) next = clock;
    if (earliest !== undefined && millisOf(next) < millisOf(earliest)) next = earliest;
    return { update, at: next, ...(next === clock ? {} : { clock }) };
  });
}
