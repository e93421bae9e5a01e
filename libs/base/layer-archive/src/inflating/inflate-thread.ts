import { availableParallelism } from 'node:os';
import { type ThreadJob, WorkerThread } from '../worker-thread';
import type { InflateOptions, InflateReply, InflateRequest } from './inflate-jobs';
import { program } from './inflate.thread';

/** Measured: smaller buffers cost messages, larger ones leave the processor's cache. */
const options: InflateOptions = { outputBytes: 1024 * 1024, outputBuffers: 4 };
const inputBytes = 1024 * 1024;
/** Input that is in transit to the thread or waits there. */
const inputBuffers = 2;

type InflateThread = WorkerThread<InflateRequest, InflateReply>;

const threads: InflateThread[] = [];

/** The thread with the fewest jobs; at most as many threads as processors, each started when all others are busy. */
function leastBusy(): InflateThread {
  const [least] = [...threads].sort((a, b) => a.jobs - b.jobs);
  if (least !== undefined && (least.jobs === 0 || threads.length >= availableParallelism())) return least;
  const started = new WorkerThread<InflateRequest, InflateReply>(program, 'The inflating thread', options);
  threads.push(started);
  return started;
}

/** A gzip stream that a thread inflates. One caller writes, one reads. */
export class InflateJob {
  private readonly job: ThreadJob<InflateRequest>;
  private readonly free: ArrayBuffer[] = [];
  private buffers = 0;
  private batch: ArrayBuffer | undefined;
  private batched = 0;
  private readonly outputs: Uint8Array<ArrayBuffer>[] = [];
  private ended = false;
  private failure: Error | undefined;
  private wakeReader = nobody;
  private wakeWriter = nobody;

  constructor() {
    this.job = leastBusy().open({
      onMessage: (message) => {
        this.take(message);
      },
      onFailure: (error) => {
        this.fail(error);
      },
    });
    this.job.post({ kind: 'open' });
  }

  /** Copies `bytes`, and sends them when they are enough for a message. Resolves when there is room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isOver();) {
      this.batch ??= await this.freeBuffer();
      if (this.batch === undefined) return;
      const part = bytes.subarray(at, at + inputBytes - this.batched);
      new Uint8Array(this.batch, this.batched).set(part);
      this.batched += part.length;
      at += part.length;
      if (this.batched === inputBytes) this.send(this.batch);
    }
  }

  /** All input was written. */
  endInput(): void {
    if (this.isOver()) return;
    if (this.batch !== undefined) this.send(this.batch);
    this.job.post({ kind: 'end' });
  }

  /** The next output, whose buffer has to be returned; undefined at the end. Rejects with the error of the data. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (;;) {
      const output = this.outputs.shift();
      if (output !== undefined) return output;
      if (this.failure !== undefined) throw this.failure;
      if (this.ended) return undefined;
      await new Promise<void>((resolve) => {
        this.wakeReader = resolve;
      });
    }
  }

  /** A buffer that was read may be filled again, by this job or the next one. */
  release(buffer: ArrayBuffer): void {
    this.job.post({ kind: 'room', buffer }, [buffer]);
  }

  /** Ends the job, with an error for the reader, if it has not ended. */
  drop(reason: Error): void {
    if (!this.isOver()) this.job.post({ kind: 'drop' });
    this.fail(reason);
  }

  private send(buffer: ArrayBuffer): void {
    this.job.post({ kind: 'input', buffer, bytes: this.batched }, [buffer]);
    this.batch = undefined;
    this.batched = 0;
  }

  private async freeBuffer(): Promise<ArrayBuffer | undefined> {
    while (!this.isOver()) {
      const buffer = this.free.pop();
      if (buffer !== undefined) return buffer;
      if (this.buffers < inputBuffers) {
        this.buffers += 1;
        return new ArrayBuffer(inputBytes);
      }
      await new Promise<void>((resolve) => {
        this.wakeWriter = resolve;
      });
    }
    return undefined;
  }

  private isOver(): boolean {
    return this.ended || this.failure !== undefined;
  }

  private take(message: InflateReply): void {
    if (message.kind === 'error') {
      this.fail(new Error(message.error));
      return;
    }
    if (message.kind === 'input') this.free.push(message.buffer);
    else if (message.kind === 'output') this.outputs.push(new Uint8Array(message.buffer, 0, message.bytes));
    else this.end();
    this.wake();
  }

  private fail(error: Error): void {
    if (!this.isOver()) this.failure = error;
    this.job.end();
    this.wake();
  }

  private end(): void {
    this.ended = true;
    this.job.end();
  }

  private wake(): void {
    this.wakeReader();
    this.wakeWriter();
  }
}

function nobody(): void {
  // Nothing waits for it.
}
