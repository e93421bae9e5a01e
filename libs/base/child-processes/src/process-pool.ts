import type { StartedProcess } from './start-process';

export interface PoolOptions<Job, Reply> {
  /** Processes at the same time. */
  readonly size: number;
  readonly start: () => StartedProcess<Job, Reply>;
  /** A process without work ends after so long; a minute unless stated. */
  readonly idleMillis?: number;
}

/** Some processes, started when there is work. */
export interface ProcessPool<Job, Reply> {
  /** Does a job in a process of its own, as soon as one is free. */
  run(job: Job, signal: AbortSignal): AsyncGenerator<Reply, void>;
  /** Ends all processes. No job may be running. */
  close(): Promise<void>;
}

interface Slot<Job, Reply> {
  process: StartedProcess<Job, Reply> | undefined;
  idle: NodeJS.Timeout | undefined;
}

/** No process is started yet. */
export function createProcessPool<Job, Reply>(options: PoolOptions<Job, Reply>): ProcessPool<Job, Reply> {
  const { size, start, idleMillis = 60_000 } = options;
  type OurSlot = Slot<Job, Reply>;
  const slots = Array.from({ length: size }, (): OurSlot => ({ process: undefined, idle: undefined }));
  const free = [...slots];
  const waiting: ((slot: OurSlot) => void)[] = [];
  const retire = async (slot: OurSlot): Promise<void> => {
    clearTimeout(slot.idle);
    const { process } = slot;
    slot.process = undefined;
    await process?.end();
  };
  const release = (slot: OurSlot): void => {
    const next = waiting.shift();
    if (next !== undefined) {
      next(slot);
      return;
    }
    free.push(slot);
    slot.idle = setTimeout(() => void retire(slot), idleMillis).unref();
  };
  const acquire = (signal: AbortSignal): Promise<OurSlot> => {
    // The last one that was used is warm.
    const slot = free.pop();
    if (slot !== undefined) return Promise.resolve(slot);
    return new Promise((resolve, reject) => {
      const gone = (): void => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(signal.reason as Error);
      };
      const take = (taken: OurSlot): void => {
        signal.removeEventListener('abort', gone);
        resolve(taken);
      };
      waiting.push(take);
      signal.addEventListener('abort', gone, { once: true });
    });
  };
  return {
    async *run(job, signal) {
      signal.throwIfAborted();
      const slot = await acquire(signal);
      clearTimeout(slot.idle);
      try {
        if (slot.process?.usable() === false) await retire(slot);
        slot.process ??= start();
        yield* slot.process.run(job, signal);
      } finally {
        release(slot);
      }
    },
    async close() {
      await Promise.all(slots.map(retire));
    },
  };
}
