import { Worker, type WorkerOptions } from 'node:worker_threads';

/** A message of a thread: which job it is about. */
export interface JobMessage {
  readonly id: number;
}

/** Handles the messages of a job. */
export interface JobListener<Message> {
  onMessage(message: Message): void;
  /** The thread failed; nothing more comes. */
  onFailure(error: ThreadFailure): void;
}

/** A job in a thread. */
export interface ThreadJob<Request> {
  /** Sends a message about this job; `buffers` are transferred with it. */
  post(message: Request, buffers?: readonly ArrayBuffer[]): void;
  /** Nothing more is expected of it. */
  end(): void;
}

/** A thread ended before its jobs did; this does not depend on the data it worked on. */
export class ThreadFailure extends Error {}

/** Megabytes: the data of the threads is not in their heaps, and without a limit each heap would grow to some fifty. */
const smallHeap = 4;

/**
 * A thread that works on jobs, started for the first of them, and again after a failure. It keeps the process alive
 * only while jobs are open.
 */
export class WorkerThread<Request extends object, Message extends JobMessage> {
  private readonly program: string;
  private readonly what: string;
  private readonly options: WorkerOptions;
  private running: { readonly worker: Worker; readonly jobs: Map<number, JobListener<Message>> } | undefined;
  private lastId = 0;

  /** `program` is the code of a file `*.thread.ts`; `what` names the thread in errors: `The hashing thread`. */
  constructor(program: string, what: string, workerData?: unknown) {
    this.program = program;
    this.what = what;
    this.options = { eval: true, workerData, resourceLimits: { maxYoungGenerationSizeMb: smallHeap } };
  }

  get jobs(): number {
    return this.running?.jobs.size ?? 0;
  }

  /** Starts the thread before its first use: starting it takes as long as loading a program. */
  start(): void {
    this.started();
  }

  open(listener: JobListener<Message>): ThreadJob<Request> {
    const { worker, jobs } = this.started();
    const id = ++this.lastId;
    if (jobs.size === 0) worker.ref();
    jobs.set(id, listener);
    return {
      post(message, buffers = []) {
        worker.postMessage({ id, ...message }, buffers);
      },
      end() {
        if (jobs.delete(id) && jobs.size === 0) worker.unref();
      },
    };
  }

  private started(): NonNullable<typeof this.running> {
    if (this.running !== undefined) return this.running;
    const jobs = new Map<number, JobListener<Message>>();
    const worker = new Worker(this.program, this.options);
    const running = { worker, jobs };
    worker.on('message', (message: Message) => jobs.get(message.id)?.onMessage(message));
    const fail = (error: ThreadFailure): void => {
      if (this.running === running) this.running = undefined;
      for (const job of jobs.values()) job.onFailure(error);
      jobs.clear();
    };
    worker.on('error', (cause) => {
      fail(new ThreadFailure(`${this.what} failed`, { cause }));
    });
    worker.on('exit', () => {
      fail(new ThreadFailure(`${this.what} ended`));
    });
    worker.unref();
    this.running = running;
    return running;
  }
}
