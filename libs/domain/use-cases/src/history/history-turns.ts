import { type CallerTurns, callerTurns } from '../caller-turns';
import { PreconditionError } from '../precondition-error';

/**
 * Answers about the past at once, and more for callers whom others would delay. Any number of them can be asked for, by
 * their times: each may take a second of a core here, or one of the slots of large reports.
 */
const [slots, spares] = [2, 2];
/** Those that run, and those that wait: four of a caller, 32 in all. */
const limits = { ofCaller: slots + 4, inAll: slots + spares + 32 };
const askAgainSeconds = 5;

export function createHistoryTurns(): CallerTurns {
  const refused = (): PreconditionError =>
    new PreconditionError('queue-full', 'Too many answers about the past are being made already', askAgainSeconds);
  return callerTurns({ slots, spares, limits, refused });
}
