import { callerTurns } from './caller-turns';
import type { UseCaseDependencies } from './dependencies';
import { PreconditionError } from './precondition-error';

type ResolveImage = UseCaseDependencies['resolveImage'];

/**
 * Most of the time is spent waiting for a registry: slots cost memory (documents of 12 MiB), not time, so there are
 * some spares for other callers.
 */
const spares = 4;
/**
 * A waiting call holds a connection and little else: enough for a burst of requests of one caller, and ten such
 * callers.
 */
const askedAtOnce = { ofCaller: 250, inAll: 2500 };
const busySeconds = 5;

/**
 * Sends registry requests fairly between callers, with limited concurrency: a registry controls its response, which
 * is held in memory and parsed here. Throws `PreconditionError` `queue-full` at the limit of waiting calls.
 */
export function resolveInTurns(resolveImage: ResolveImage, slots: number): ResolveImage {
  const refused = (): PreconditionError =>
    new PreconditionError('queue-full', 'Too many references are being looked up already', busySeconds);
  const turns = callerTurns({ slots, spares, limits: askedAtOnce, refused });
  return (reference, { caller, ...options }) =>
    turns.run(() => resolveImage(reference, options), {
      ...(caller !== undefined && { caller }),
      ...(options.signal && { signal: options.signal }),
    });
}
