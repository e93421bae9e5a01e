import { FairQueue } from '@clarion/fair-queue';
import type { StartedProcess } from './start-process';

export interface PoolOptions<Job, Reply> {
  /** Processes at the same time. */
  readonly size: number;
  /** So many more for callers whose jobs others would keep waiting (`FairQueue`); none unless stated. */
  readonly spares?: number;
  readonly start: () => StartedProcess<Job, Reply>;
  /** A process without work ends after so long; a minute unless stated. */
  readonly idleMillis?: number;
}

export interface JobOptions {
  /** Whose job it is: callers are served in turns. Jobs without one are of one more caller. */
  readonly caller?: string;
  readonly signal: AbortSignal;
}

/** Some processes, started when there is work. */
export interface ProcessPool<Job, Reply> {
  /** Does a job in a process of its own, as soon as it is its caller's turn. */
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
  const places = createPlaces({ places: size, spares });
  const retire = async (slot: OurSlot): Promise<void> => {
    clearTimeout(slot.idle);
    const { process } = slot;
    slot.process = undefined;
    await process?.end();
  };
  return {
    async *run(job, { caller = '', signal }) {
      const leave = await places.enter(caller, signal);
      // The last one that was used is warm.
      const slot = free.pop();
      try {
        if (slot === undefined) throw new TypeError('There are as many places as processes');
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

interface Places {
  /** Resolves when it is the caller's turn, to what gives the place back. Rejects when the signal aborts before. */
  enter(caller: string, signal: AbortSignal): Promise<() => void>;
}

function createPlaces(options: { readonly places: number; readonly spares: number }): Places {
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
