import { CallerShares, type ShareLimits } from '@clarion/connections';
import { FairQueue, type FairQueueOptions, type QueueTurn } from '@clarion/fair-queue';
import type { RenderOptions } from './report-file';

export interface CallerTurnsOptions extends Pick<FairQueueOptions, 'slots' | 'spares'> {
  /** How many calls may run or wait. */
  readonly limits: ShareLimits;
  /** The error of a call beyond the limits. */
  readonly refused: () => Error;
}

/** Few calls at once, fairly between callers; the others wait in a bounded queue. */
export interface CallerTurns {
  /**
   * Calls `work` at the caller's turn. Rejects beyond the limits; as soon as the signal aborts while the call waits, with
   * its reason. What runs has to look at the signal itself.
   */
  run<Result>(work: () => Promise<Result>, options: RenderOptions): Promise<Result>;
}

/** A call that waits for a slot. */
interface Waiting {
  readonly begin: (turn: QueueTurn<Waiting>) => void;
}

export function callerTurns({ limits, refused, ...slots }: CallerTurnsOptions): CallerTurns {
  const start = (): void => {
    for (let turn = queue.take(); turn !== undefined; turn = queue.take()) turn.item.begin(turn);
  };
  const queue = new FairQueue<Waiting>({ ...slots, onLong: start });
  const shares = new CallerShares(limits);

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

  return {
    async run(work, { caller = '', signal }) {
      signal?.throwIfAborted();
      if (shares.take(caller) !== 'taken') throw refused();
      try {
        const turn = await takeTurn(caller, signal);
        try {
          return await work();
        } finally {
          queue.end(turn);
          start();
        }
      } finally {
        shares.give(caller);
      }
    },
  };
}
