import { type StoreEnvironment, write } from './environment';
import { untilFree } from './long-commits';

/**
 * A write that may share a transaction with others. `prepare` reads, decides and may throw; the function it returns
 * then writes.
 */
export type PrepareWrite<T> = () => { readonly write?: () => void; readonly result: T };

interface Waiting {
  readonly prepare: PrepareWrite<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** Writes together with others; resolves when it is on disk. */
export type WriteBatches = <T>(prepare: PrepareWrite<T>) => Promise<T>;

/** Maximum number of writes per transaction: it blocks other writers for only a few milliseconds. */
const largestBatch = 500;

/**
 * Combines the writes of one event turn in one transaction: a disk flush costs more than hundreds of records. A write
 * whose `prepare` throws fails alone; when the transaction fails, all of them do.
 */
export function writeBatches(env: StoreEnvironment): WriteBatches {
  let waiting: Waiting[] = [];
  const flush = async () => {
    await untilFree(env).catch(() => undefined);
    const batch = waiting.slice(0, largestBatch);
    waiting = waiting.slice(largestBatch);
    if (waiting.length > 0) setImmediate(() => void flush());
    try {
      // An accepted image is on disk before the caller gets the answer.
      const settlers = write(env, () => batch.map(attempt), { durable: true });
      for (const settle of settlers) settle();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  return <T>(prepare: PrepareWrite<T>) =>
    new Promise<T>((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void flush());
      waiting.push({ prepare, resolve: resolve as (result: unknown) => void, reject });
    });
}

/** Settles the promise of its caller only after the commit. */
function attempt({ prepare, resolve, reject }: Waiting): () => void {
  let prepared: ReturnType<PrepareWrite<unknown>>;
  try {
    prepared = prepare();
  } catch (error) {
    return () => {
      reject(error);
    };
  }
  prepared.write?.();
  return () => {
    resolve(prepared.result);
  };
}
