import { EventEmitter } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import type { ServiceLog } from './create-log';

/** Signals that a service handles. */
const known = ['SIGTERM', 'SIGINT', 'SIGUSR2'] as const;
type Signal = (typeof known)[number];

export interface OwnThreadOptions {
  /** The program, which is started again in the thread. */
  readonly script: string;
  readonly log: Pick<ServiceLog, 'error' | 'warn' | 'flush'>;
  /** The process exits with code 1 this long after the first stop signal, whatever the thread is doing. */
  readonly endMillis: number;
}

/**
 * Runs the program in a separate thread, so that this one, which does nothing else, handles every signal: a busy thread
 * runs no signal handler. The process exits with the code of the thread; with 1 if the thread crashes or does not stop
 * in time; and immediately on a second signal.
 */
export function runInOwnThread({ script, log, endMillis }: OwnThreadOptions): void {
  const thread = new Worker(script, { argv: process.argv.slice(2) });
  const exit = (code: number): never => {
    log.flush();
    process.exit(code);
  };
  let stopping = false;
  const stop = (signal: 'SIGTERM' | 'SIGINT'): void => {
    if (stopping) {
      log.warn('Second signal: ending at once', { signal });
      exit(signal === 'SIGINT' ? 130 : 143);
    }
    stopping = true;
    setTimeout(() => {
      log.error('The service did not stop in time, it is ended', { end_ms: endMillis });
      exit(1);
    }, endMillis);
    thread.postMessage(signal);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGUSR2', (signal) => {
    thread.postMessage(signal);
  });
  thread.once('error', (error) => {
    log.error('The service cannot go on', { error });
    exit(1);
  });
  thread.once('exit', exit);
}

/** The source of signals: the process, or the parent of this thread. */
export function signalsOf(): Pick<EventEmitter, 'on'> {
  if (isMainThread) return process;
  const signals = new EventEmitter();
  parentPort?.on('message', (signal: Signal) => {
    if (known.includes(signal)) signals.emit(signal, signal);
  });
  return signals;
}
