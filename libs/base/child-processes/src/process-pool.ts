import { FairQueue } from '@clarion/fair-queue';
import type { StartedProcess } from './start-process';

export interface PoolOptions<Job, Reply> {
  /** Processes at the same time. */
  readonly size: number;
  /** Additional slots for callers whose jobs would have to wait for those of others (`FairQueue`); 0 unless stated. */
  readonly spares?: number;
  readonly start: () => StartedProcess<Job, Reply>;
  /** An idle process ends after this time; a minute unless stated. */
  readonly idleMillis?: number;
}

export interface JobOptions {
  /** The caller of the job: callers are served in turns. Jobs without a caller share one turn. */
  readonly caller?: string;
  readonly signal: AbortSignal;
}

/** A pool of processes, started when there is work. */
export interface ProcessPool<Job, Reply> {
  /** Does a job in a separate process, as soon as it is its caller's turn. */
  run(job: Job, options: JobOptions): AsyncGenerator<Reply, void>;
  /** Ends all processes. No job may be running. */
  close(): Promise<void>;
}

interface Slot<Job, Reply> {
  process: StartedProcess<Job, Reply> | undefined;
  idle: NodeJS.Timeout | undefined;
}

/** No process is started yet. */
export function createProcessPool<Job, Reply>(options: PoolOptions<Job, Reply>): ProcessPool<Job, Reply> {
  const { size, spares = 0, start, idleMillis = 60_000 } = options;
  type OurSlot = Slot<Job, Reply>;
  const slots = Array.from({ length: size + spares }, (): OurSlot => ({ process: undefined, idle: undefined }));
  const free = [...slots];
  const turns = createCallerTurns({ slots: size, spares });
  const retire = async (slot: OurSlot): Promise<void> => {
    clearTimeout(slot.idle);
    const { process } = slot;
    slot.process = undefined;
    await process?.end();
  };
  return {
    async *run(job, { caller = '', signal }) {
      const leave = await turns.enter(caller, signal);
      // The last one that was used is warm.
      const slot = free.pop();
      try {
        if (slot === undefined) throw new TypeError('There are as many slots as processes');
        clearTimeout(slot.idle);
        if (slot.process?.usable() === false) await retire(slot);
        slot.process ??= start();
        yield* slot.process.run(job, signal);
      } finally {
        if (slot !== undefined) {
          free.push(slot);
          slot.idle = setTimeout(() => void retire(slot), idleMillis).unref();
        }
        leave();
      }
    },
    async close() {
      await Promise.all(slots.map(retire));
    },
  };
}

interface CallerTurns {
  /** Resolves at the caller's turn, to the function that releases the slot. Rejects when the signal aborts before. */
  enter(caller: string, signal: AbortSignal): Promise<() => void>;
}

function createCallerTurns(options: { readonly slots: number; readonly spares: number }): CallerTurns {
  const queue = new FairQueue<(leave: () => void) => void>({ ...options, onLong: startNext });
  function startNext(): void {
    for (let turn = queue.take(); turn !== undefined; turn = queue.take()) {
      const taken = turn;
      taken.item(() => {
        queue.end(taken);
        startNext();
      });
    }
  }
  return {
    enter: (caller, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const gone = (): void => {
          queue.remove(begin);
          reject(signal.reason as Error);
        };
        const begin = (leave: () => void): void => {
          signal.removeEventListener('abort', gone);
          resolve(leave);
        };
        signal.addEventListener('abort', gone, { once: true });
        queue.add(caller, begin);
        startNext();
      }),
  };
}
