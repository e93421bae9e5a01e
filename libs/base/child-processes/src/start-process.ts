import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClarionError } from '@clarion/model';
import { processArgument } from './argument';
import type { FromProcess, SentError, ToProcess } from './messages';
import { ownMemory } from './own-memory';
import { ProcessEnded } from './process-ended';

export interface ProcessLimits<Job> {
  /** Bytes that the process may have for itself. */
  readonly memory: number;
  /** Milliseconds that a part which a job has begun may take. */
  readonly partMillis: number;
  /** Milliseconds that a whole job may take; undefined for as many as its parts. */
  readonly jobMillis: (job: Job) => number | undefined;
}

export interface ProcessOptions<Settings, Job> {
  /** The program; with `processArgument` it calls `runChildProcess`. */
  readonly script: string;
  readonly settings: Settings;
  readonly limits: ProcessLimits<Job>;
}

export interface StartedProcess<Job, Reply> {
  /** Whether another job may be given to it: it lives, and does not hold half of the memory that it may have. */
  usable(): boolean;
  /** Does one job; no other one meanwhile. Throws what the job throws, and `ProcessEnded`. */
  run(job: Job, signal: AbortSignal): AsyncGenerator<Reply, void>;
  /** Lets it end, and kills it soon. Resolves when it is gone. */
  end(): Promise<void>;
}

const watchMillis = 100;
/** How long a job that is given back, or a process without work, may take to end. */
const endingMillis = 1000;
/** The limits inside of the process come first, with a better message; this one is for what does not ask them. */
const patience = 1.1;
const mebibyte = 1024 * 1024;

/** Starts this program, or another one, once more as a process that does jobs and is watched while it does. */
export function startProcess<Settings, Job, Reply>(options: ProcessOptions<Settings, Job>): StartedProcess<Job, Reply> {
  const { script, settings, limits } = options;
  const heap = Math.max(32, Math.floor((limits.memory / mebibyte) * 0.75));
  const child = fork(script, [processArgument], {
    execArgv: [`--max-old-space-size=${heap}`],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('CLARION_'))),
  });
  const state: State<Job> = { child, limits, errors: '', killed: undefined, exited: exitOf(child) };
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (state.errors = (state.errors + text).slice(-4000)));
  child.on('error', () => undefined);
  post(child, { kind: 'settings', settings, parent: process.pid });
  return {
    usable: () =>
      child.connected &&
      !child.killed &&
      child.exitCode === null &&
      (ownMemory(child.pid ?? 0) ?? 0) < limits.memory / 2,
    run: (job, signal) => run(state, job, signal),
    async end() {
      if (child.connected) child.disconnect();
      const gone = new AbortController();
      const late = sleep(endingMillis, undefined, { signal: gone.signal }).catch(() => undefined);
      await Promise.race([state.exited, late]);
      gone.abort();
      child.kill('SIGKILL');
      await state.exited;
    },
  };
}

interface State<Job> {
  readonly child: ChildProcess;
  readonly limits: ProcessLimits<Job>;
  /** The end of what it wrote to standard error. */
  errors: string;
  /** Why this process killed it. */
  killed: { readonly reason: string; readonly stopped: boolean } | undefined;
  /** Resolves to how it ended. */
  readonly exited: Promise<string>;
}

async function exitOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return signal === null ? `ended its process with code ${code ?? 0}` : `ended its process with ${signal}`;
  } catch (error) {
    return `had no process (${(error as Error).message})`;
  }
}

function post(child: ChildProcess, message: ToProcess<unknown, unknown>): void {
  // That the channel is closed is told by its end.
  if (child.connected) child.send(message, () => undefined);
}

async function* run<Job, Reply>(state: State<Job>, job: Job, signal: AbortSignal): AsyncGenerator<Reply, void> {
  const { child } = state;
  const replies = on(child, 'message', { close: ['disconnect'] }) as AsyncIterable<[FromProcess<Reply, unknown>]>;
  const watch = watchJob(state, job, signal);
  let part: unknown;
  let over = false;
  post(child, { kind: 'job', job });
  try {
    if (child.connected) {
      for await (const [message] of replies) {
        if (message.kind === 'begun') {
          part = message.part;
          watch.begin();
        } else if (message.kind === 'reply') yield message.reply;
        else {
          over = true;
          if (message.kind === 'failed') throw errorOf(message.error);
          return;
        }
      }
    }
    child.kill('SIGKILL');
    const ended = await state.exited;
    const reason = /heap out of memory/i.test(state.errors) ? tooMuchMemory(state.limits.memory) : ended;
    throw new ProcessEnded(state.killed?.reason ?? reason, { part, stopped: state.killed?.stopped ?? false });
  } finally {
    watch.end();
    // Nobody waits for it any more: what it does is not known.
    if (!over) child.kill('SIGKILL');
  }
}

/** Kills the process when its job takes too much, or does not end when it is asked to. */
function watchJob<Job>(state: State<Job>, job: Job, signal: AbortSignal): { begin(): void; end(): void } {
  const { child, limits } = state;
  const kill = (reason: string, stopped = false): void => {
    state.killed ??= { reason, stopped };
    child.kill('SIGKILL');
  };
  const after = (millis: number): NodeJS.Timeout =>
    setTimeout(() => {
      kill(`took longer than ${Math.round(millis / 1000)} seconds`);
    }, millis * patience);
  const { memory: most, partMillis, jobMillis } = limits;
  const millis = jobMillis(job);
  const whole = millis === undefined ? undefined : after(millis);
  let ofPart: NodeJS.Timeout | undefined;
  const memory = setInterval(() => {
    if ((ownMemory(child.pid ?? 0) ?? 0) > most) kill(tooMuchMemory(most));
  }, watchMillis);
  let stopping: NodeJS.Timeout | undefined;
  const stop = (): void => {
    post(child, { kind: 'abort' });
    stopping = setTimeout(() => {
      kill('was given back', true);
    }, endingMillis);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  return {
    begin() {
      clearTimeout(ofPart);
      ofPart = after(partMillis);
    },
    end() {
      for (const timer of [whole, ofPart, stopping]) clearTimeout(timer);
      clearInterval(memory);
      signal.removeEventListener('abort', stop);
    },
  };
}

function tooMuchMemory(memory: number): string {
  return `took more than ${Math.round(memory / mebibyte)} MiB of memory`;
}

function errorOf({ code, message, remedy, stack }: SentError): Error {
  if (code !== undefined) return new ClarionError(code, message, remedy === undefined ? {} : { remedy });
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}
