import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ClarionError } from '@clarion/model';
import type { FromProcess, SentError, ToProcess } from './messages';
import type { WatchedParent } from './outlive-no-parent';
import { program } from './outlive-no-parent.thread';

/** What a job may send besides its result. */
export interface JobContext<Reply, Part> {
  /** Aborted when the job has to be returned to the queue. */
  readonly signal: AbortSignal;
  /** From now on, if the process ends, it ended during this part. */
  readonly begin: (part: Part) => void;
  /** Sends a reply at once. */
  readonly sendReply: (reply: Reply) => void;
}

/** How a child process does its jobs. */
export interface JobRunner<Job, Reply, Part> {
  work(job: Job, context: JobContext<Reply, Part>): AsyncIterable<Reply>;
  close(): Promise<void>;
}

/** How long a job may take to stop after the parent is gone. */
const stopMillis = 2000;
const workReturned = (): ClarionError => new ClarionError('upstream-unavailable', 'The work was given back');

/**
 * The main loop of a child process: does the jobs that its parent sends, one after the other, until the parent ends or
 * closes the channel. The parent watches time and memory, and kills the process when it exceeds either limit.
 */
export function runChildProcess<Job, Reply, Part>(
  /** With the settings that the parent sends. */
  open: (settings: never) => Promise<JobRunner<Job, Reply, Part>>,
): void {
  // A terminal or a supervisor sends these to all processes: the parent decides what they mean.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  dieFirst();
  let settings: { readonly given: unknown } | undefined;
  let opened: Promise<JobRunner<Job, Reply, Part>> | undefined;
  const runner = (): Promise<JobRunner<Job, Reply, Part>> => {
    if (settings === undefined) throw new TypeError('The settings come before the first job');
    if (opened !== undefined) return opened;
    const opening = open(settings.given as never);
    opened = opening;
    // The job that needs it reports the error, and the next job tries again.
    opening.catch(() => (opened = undefined));
    return opening;
  };
  let running = { abort: new AbortController(), ended: Promise.resolve() };
  process.on('message', (message: ToProcess<unknown, Job>) => {
    switch (message.kind) {
      case 'settings':
        endWith(message.parent);
        settings = { given: message.settings };
        // Start before it is needed.
        void runner().catch(() => undefined);
        return;
      case 'job': {
        const abort = new AbortController();
        running = { abort, ended: done(message.job, runner, abort.signal) };
        return;
      }
      case 'abort':
        running.abort.abort(workReturned());
    }
  });
  process.on('disconnect', () => {
    running.abort.abort(workReturned());
    setTimeout(() => process.exit(1), stopMillis).unref();
    void running.ended
      .then(async () => (await opened)?.close())
      .catch(() => undefined)
      .then(() => process.exit(0));
  });
}

/** When a machine or a container is out of memory, the system kills this process first. */
function dieFirst(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not Linux.
  }
}

/** Ends this process after its parent, even when it is busy: a thread checks for the parent. */
function endWith(parent: number): void {
  const workerData: WatchedParent = { parent, millis: 2 * stopMillis };
  const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 };
  new Worker(program, { eval: true, workerData, resourceLimits }).unref();
}

async function done<Job, Reply, Part>(
  job: Job,
  runner: () => Promise<JobRunner<Job, Reply, Part>>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const sendReply = (reply: Reply): void => {
      send({ kind: 'reply', reply });
    };
    const begin = (part: Part): void => {
      send({ kind: 'begun', part });
    };
    for await (const reply of (await runner()).work(job, { signal, begin, sendReply })) sendReply(reply);
    send({ kind: 'done' });
  } catch (error) {
    send({ kind: 'failed', error: sent(error) });
  }
}

function send(message: FromProcess<unknown, unknown>): void {
  // The channel is closed when the parent is gone; the `disconnect` event reports that.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function sent(error: unknown): SentError {
  if (error instanceof ClarionError) {
    const { code, message, remedy, isPermanent } = error;
    return { code, message, ...(remedy === undefined ? {} : { remedy }), ...(isPermanent && { isPermanent }) };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, ...(stack === undefined ? {} : { stack }) };
}
