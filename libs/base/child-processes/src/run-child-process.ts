import { writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { ClarionError } from '@clarion/model';
import type { FromProcess, SentError, ToProcess } from './messages';
import type { Watched } from './outlive-no-parent';
import { program } from './outlive-no-parent.thread';

/** What a job may tell besides its replies. */
export interface JobContext<Reply, Part> {
  /** Aborted when the job is to be given back. */
  readonly signal: AbortSignal;
  /** From now on an end of the process is one of this part. */
  readonly begin: (part: Part) => void;
  /** A reply, at once. */
  readonly tell: (reply: Reply) => void;
}

/** What a child process does its jobs with. */
export interface Workshop<Job, Reply, Part> {
  work(job: Job, context: JobContext<Reply, Part>): AsyncIterable<Reply>;
  close(): Promise<void>;
}

/** How long work may take to be given back after the parent is gone. */
const givingBackMillis = 2000;
const givenBack = (): ClarionError => new ClarionError('upstream-unavailable', 'The work was given back');

/**
 * The whole of a child process: does the jobs that its parent sends, one after the other, until the parent ends or
 * closes the channel. The parent watches time and memory, and kills it when it takes too much of either.
 */
export function runChildProcess<Job, Reply, Part>(
  /** With the settings that its parent has for it. */
  open: (settings: never) => Promise<Workshop<Job, Reply, Part>>,
): void {
  // A terminal, or a supervisor, sends these to all processes: the parent decides what they mean.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  dieFirst();
  let settings: { readonly given: unknown } | undefined;
  let opened: Promise<Workshop<Job, Reply, Part>> | undefined;
  const workshop = (): Promise<Workshop<Job, Reply, Part>> => {
    if (settings === undefined) throw new TypeError('The settings come before the first job');
    if (opened !== undefined) return opened;
    const opening = open(settings.given as never);
    opened = opening;
    // The job that needs it tells what is wrong, and the next one tries again.
    opening.catch(() => (opened = undefined));
    return opening;
  };
  let running = { abort: new AbortController(), ended: Promise.resolve() };
  process.on('message', (message: ToProcess<unknown, Job>) => {
    switch (message.kind) {
      case 'settings':
        endWith(message.parent);
        settings = { given: message.settings };
        // Before it is needed.
        void workshop().catch(() => undefined);
        return;
      case 'job': {
        const abort = new AbortController();
        running = { abort, ended: done(message.job, workshop, abort.signal) };
        return;
      }
      case 'abort':
        running.abort.abort(givenBack());
    }
  });
  process.on('disconnect', () => {
    running.abort.abort(givenBack());
    setTimeout(() => process.exit(1), givingBackMillis).unref();
    void running.ended
      .then(async () => (await opened)?.close())
      .catch(() => undefined)
      .then(() => process.exit(0));
  });
}

/** Of the processes of a machine, or a container, without memory the system takes this one. */
function dieFirst(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not Linux.
  }
}

/** Ends this process after its parent, whatever it is doing then: a thread looks for it. */
function endWith(parent: number): void {
  const workerData: Watched = { parent, millis: 2 * givingBackMillis };
  const resourceLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 };
  new Worker(program, { eval: true, workerData, resourceLimits }).unref();
}

async function done<Job, Reply, Part>(
  job: Job,
  workshop: () => Promise<Workshop<Job, Reply, Part>>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const tell = (reply: Reply): void => {
      send({ kind: 'reply', reply });
    };
    const begin = (part: Part): void => {
      send({ kind: 'begun', part });
    };
    for await (const reply of (await workshop()).work(job, { signal, begin, tell })) tell(reply);
    send({ kind: 'done' });
  } catch (error) {
    send({ kind: 'failed', error: sent(error) });
  }
}

function send(message: FromProcess<unknown, unknown>): void {
  // The channel is closed when the parent is gone; that is told by `disconnect`.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function sent(error: unknown): SentError {
  if (error instanceof ClarionError) {
    const { code, message, remedy } = error;
    return { code, message, ...(remedy === undefined ? {} : { remedy }) };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { message, ...(stack === undefined ? {} : { stack }) };
}
