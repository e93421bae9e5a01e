import { ClarionError } from '@clarion/model';

import type { ServiceLog } from './create-log';
import { startIntrospection } from './introspection';
import type { ProcessMetrics } from './metrics';
import { signalsOf } from './own-thread';

/** A service that runs. */
export interface RunningService {
  /** Whether it can do its work now (store, bus and the like can be reached). */
  readonly ready: () => Promise<boolean>;
  /**
   * Accepts no more work, finishes or releases running work, closes resources. When `signal` aborts, the time is over.
   */
  readonly stop: (signal: AbortSignal) => Promise<void>;
}

export interface ServiceOptions {
  readonly name: string;
  readonly log: ServiceLog;
  /** Opens everything. `draining` is aborted with the first signal to stop, before `stop` is called. */
  readonly start: (context: { readonly draining: AbortSignal }) => Promise<RunningService>;
  /** How long a service that is no longer ready still serves requests, until load balancers have noticed. */
  readonly drainMillis: number;
  /** How long `stop` may finish work before its signal aborts. Five seconds later the process exits with code 1. */
  readonly graceMillis: number;
  /** Called with the reason why the service cannot start, in addition to the log: for a person who started it. */
  readonly onFailedStart?: (error: unknown) => void;
  /** Probes and metrics, served from before `start` until the process exits. */
  readonly introspection?: { readonly host: string; readonly port: number; readonly metrics: ProcessMetrics };
}

/** Maximum time to close resources after the grace period. */
export const closingMillis = 5000;

/**
 * The lifecycle of a service process: starts it; on SIGTERM or SIGINT it becomes not ready, waits, stops, and exits
 * with code 0. A second signal ends it immediately. Startup failures and unhandled errors are logged and end it with
 * code 1. SIGUSR2 switches the log between `debug` and its level. Resolves when the service has started.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const { log, name } = options;
  const draining = new AbortController();
  let service: RunningService | undefined;
  const exit = (code: number): never => {
    log.flush();
    process.exit(code);
  };
  const fail = (message: string) => (error: unknown) => {
    log.error(message, { error });
    exit(1);
  };
  process.on('unhandledRejection', fail('A promise was rejected and nobody handled it'));
  process.on('uncaughtException', fail('An exception was thrown and nobody handled it'));
  const signals = signalsOf();
  switchLevelOnSignal(log, signals);

  const stopped = stopSignal({ log, exit, draining, signals });
  try {
    const introspection =
      options.introspection &&
      (await startIntrospection({
        ...options.introspection,
        log,
        ready: async () => !draining.signal.aborted && (await service?.ready()) === true,
      }));
    const probes = introspection === undefined ? {} : { introspection_port: introspection.port };
    log.info('Starting', { pid: process.pid, ...probes });
    service = await options.start({ draining: draining.signal });
    log.info('Started');
    void stopped
      .then(() => stopService(options, service))
      .then(() => introspection?.close())
      .then(() => {
        log.info('Stopped');
        exit(0);
      })
      .catch(fail('The service did not stop cleanly'));
  } catch (error) {
    if (draining.signal.aborted) exit(0);
    const known = error instanceof ClarionError ? { code: error.code, remedy: error.remedy } : { error };
    log.error(`${name} cannot start: ${(error as Error).message}`, known);
    options.onFailedStart?.(error);
    exit(1);
  }
}

async function stopService(options: ServiceOptions, service: RunningService | undefined): Promise<void> {
  const { log, drainMillis, graceMillis } = options;
  await new Promise((resolve) => setTimeout(resolve, drainMillis));
  log.info('Finishing work', { grace_ms: graceMillis });
  const late = setTimeout(() => {
    log.error('The service did not stop in time', { grace_ms: graceMillis });
    log.flush();
    process.exit(1);
  }, graceMillis + closingMillis);
  const noMoreTime = new AbortController();
  const grace = setTimeout(() => {
    noMoreTime.abort(new Error('The time to finish is over'));
  }, graceMillis);
  await service?.stop(noMoreTime.signal);
  clearTimeout(grace);
  clearTimeout(late);
}

interface StopSignal {
  readonly log: ServiceLog;
  readonly exit: (code: number) => never;
  readonly draining: AbortController;
  readonly signals: ReturnType<typeof signalsOf>;
}

/** Resolves on the first stop signal; the second one ends the process with the usual exit code of shells. */
function stopSignal({ log, exit, draining, signals }: StopSignal): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (signal: 'SIGTERM' | 'SIGINT'): void => {
      if (draining.signal.aborted) {
        log.warn('Second signal: ending at once', { signal });
        exit(signal === 'SIGINT' ? 130 : 143);
      }
      log.info('Stopping', { signal });
      draining.abort(new Error('The service stops'));
      resolve();
    };
    signals.on('SIGTERM', onSignal);
    signals.on('SIGINT', onSignal);
  });
}

function switchLevelOnSignal(log: ServiceLog, signals: ReturnType<typeof signalsOf>): void {
  const usual = log.level;
  signals.on('SIGUSR2', () => {
    log.setLevel(log.level === 'debug' ? usual : 'debug');
    log.info('Log level changed', { log_level: log.level });
  });
}
