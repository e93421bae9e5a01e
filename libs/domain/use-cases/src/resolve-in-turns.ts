import { CallerShares } from '@clarion/connections';
import { FairQueue, type QueueTurn } from '@clarion/fair-queue';
import type { UseCaseDependencies } from './dependencies';
import { PreconditionError } from './precondition-error';

type ResolveImage = UseCaseDependencies['resolveImage'];

/** A caller who waits for a slot. */
interface Waiting {
  readonly begin: (turn: QueueTurn<Waiting>) => void;
}

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
  const start = (): void => {
    for (let turn = queue.take(); turn !== undefined; turn = queue.take()) turn.item.begin(turn);
  };
  const queue = new FairQueue<Waiting>({ slots, spares, onLong: start });
  const shares = new CallerShares(askedAtOnce);

  const takeTurn = (caller: string, signal: AbortSignal | undefined): Promise<QueueTurn<Waiting>> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.remove(waiting);
        reject(signal?.reason as Error);
      };
      const waiting: Waiting = {
        begin(turn) {
          signal?.removeEventListener('abort', leave);
          resolve(turn);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      queue.add(caller, waiting);
      start();
    });

  return async (reference, { caller = '', ...options }) => {
    options.signal?.throwIfAborted();
    if (shares.take(caller) !== 'taken') {
      throw new PreconditionError('queue-full', 'Too many references are being looked up already', busySeconds);
    }
    try {
      const turn = await takeTurn(caller, options.signal);
      try {
        return await resolveImage(reference, options);
      } finally {
        queue.end(turn);
        start();
      }
    } finally {
      shares.give(caller);
    }
  };
}
