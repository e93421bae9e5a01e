import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClarionError } from '@clarion/model';
import { processArgument } from './argument';
import type { FromProcess, SentError, ToProcess } from './messages';
import { ownMemory } from './own-memory';
import { ProcessEnded } from './process-ended';

export interface ProcessLimits<Job> {
  /** Bytes of private memory that the process may use. */
  readonly memory: number;
  /** Milliseconds that one part of a job may take. */
  readonly partMillis: number;
  /** Milliseconds that a whole job may take; undefined: only its parts are limited. */
  readonly jobMillis: (job: Job) => number | undefined;
}

export interface ProcessOptions<Settings, Job> {
  /** The program; with `processArgument` it calls `runChildProcess`. */
  readonly script: string;
  readonly settings: Settings;
  readonly limits: ProcessLimits<Job>;
}

export interface StartedProcess<Job, Reply> {
  /** Whether it can take another job: it is alive and uses less than half of its memory limit. */
  usable(): boolean;
  /** Does one job; only one at a time. Rethrows errors of the job; throws `ProcessEnded`. */
  run(job: Job, signal: AbortSignal): AsyncGenerator<Reply, void>;
  /** Asks it to end, and kills it soon after. Resolves when it is gone. */
  end(): Promise<void>;
}

const watchMillis = 100;
/** How long a process may take to end when its job is aborted or when it has no work. */
const endingMillis = 1000;
/**
 * The limits inside the process apply first and have a better message; this factor is for code that does not check
 * them.
 */
const patience = 1.1;
const mebibyte = 1024 * 1024;
/**
 * The part of its memory that each part of the heap of new objects may have. V8 lets them grow to 32 MiB, of which there
 * are three: a process of 512 MiB then soon has half of that, and is replaced by one whose code has to be compiled again.
 */
const partOfNewObjects = 1 / 64;

/** Starts this program, or another one, as a child process that does jobs under supervision. */
export function startProcess<Settings, Job, Reply>(options: ProcessOptions<Settings, Job>): StartedProcess<Job, Reply> {
  const { script, settings, limits } = options;
  const heap = Math.max(32, Math.floor((limits.memory / mebibyte) * 0.75));
  const semiSpace = Math.max(1, Math.floor((limits.memory / mebibyte) * partOfNewObjects));
  const child = fork(script, [processArgument], {
    execArgv: [`--max-old-space-size=${heap}`, `--max-semi-space-size=${semiSpace}`],
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
  /** The last part of what it wrote to standard error. */
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
  // The end of the process reports a closed channel.
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
    // The caller does not wait for it any more, so its state is unknown.
    if (!over) child.kill('SIGKILL');
  }
}

/** Kills the process when its job exceeds a limit, or does not end when asked to. */
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

function errorOf({ code, message, remedy, isPermanent = false, stack }: SentError): Error {
  if (code !== undefined)
    return new ClarionError(code, message, { isPermanent, ...(remedy !== undefined && { remedy }) });
  return Object.assign(new Error(message), stack === undefined ? {} : { stack });
}
