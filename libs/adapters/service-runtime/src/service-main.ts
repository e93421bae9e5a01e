import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { Log } from '@clarion/model';
import { createLog } from './create-log';
import { createMetrics, type ProcessMetrics } from './metrics';
import { runInOwnThread } from './own-thread';
import { processSettings } from './process-settings';
import { readConfig } from './read-config';
import { closingMillis, runService, type RunningService } from './run-service';
import type { ConfigOf, ServiceSettings } from './setting';
import { startTracing, type InstrumentedModule } from './tracing';

/** What a service works with besides its configuration. */
export interface ServiceContext {
  readonly log: Log;
  readonly metrics: ProcessMetrics;
  /** Aborted when the service must stop: it accepts no more work. */
  readonly draining: AbortSignal;
}

export type StartService<S extends ServiceSettings> = (
  config: ConfigOf<S>,
  context: ServiceContext,
) => Promise<RunningService>;

export interface ServiceMain<S extends ServiceSettings> {
  readonly name: string;
  readonly version: string;
  /** Including those of `processSettings`. */
  readonly settings: S & typeof processSettings;
  readonly instrument: readonly InstrumentedModule[];
  /** Callers reach it by an address: it still serves them until load balancers have noticed that it stops. */
  readonly serves: boolean;
  /** Loads the service code. Not earlier: traced modules must not be loaded before tracing. */
  readonly load: () => Promise<StartService<S & typeof processSettings>>;
}

/** Additional time for an idle thread to exit by itself. */
const patienceMillis = 1000;

/**
 * The complete `main.ts` of a service: configuration, log, metrics, probes, traces, lifecycle. The service runs in a
 * separate thread, so that a signal ends it in time even while it is busy.
 */
export function serviceMain<S extends ServiceSettings>(options: ServiceMain<S>): void {
  if (isMainThread) {
    watch(options);
    return;
  }
  run(options).catch((error: unknown) => {
    // Only errors before the log exists: a wrong configuration.
    writeSync(2, `${options.name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}

function watch<S extends ServiceSettings>({ name, version, serves }: ServiceMain<S>): void {
  const { drainMillis, graceMillis } = processTimes();
  runInOwnThread({
    script: process.argv[1] ?? '',
    log: createLog({ service: name, version, level: 'warn' }),
    endMillis: (serves ? drainMillis : 0) + graceMillis + closingMillis + patienceMillis,
  });
}

function processTimes(): Pick<ConfigOf<typeof processSettings>, 'drainMillis' | 'graceMillis'> {
  try {
    return readConfig(processSettings).config;
  } catch {
    // The thread reports the errors of all settings, and exits.
    return { drainMillis: 0, graceMillis: 0 };
  }
}

async function run<S extends ServiceSettings>(options: ServiceMain<S>): Promise<void> {
  const { name, version, settings, instrument, serves, load } = options;
  const { config, warnings } = readConfig(settings);
  const {
    logLevel,
    drainMillis,
    graceMillis,
    introspectionHost: host,
    introspectionPort: port,
  } = processConfig(config);
  const log = createLog({ service: name, version, level: logLevel });
  const metrics = createMetrics({ version });
  const tracing = await startTracing({ service: name, version, instrument });
  for (const warning of warnings) log.warn(warning);
  await runService({
    name,
    log,
    drainMillis: serves ? drainMillis : 0,
    graceMillis,
    introspection: { host, port, metrics },
    start: async ({ draining }) => {
      const start = await load();
      const running = await start(config, { log, metrics, draining });
      return {
        ready: running.ready,
        stop: async (signal) => {
          await running.stop(signal);
          await tracing.shutdown();
        },
      };
    },
  });
}

/** The compiler cannot see through a generic table that these are in it. */
function processConfig(config: ConfigOf<ServiceSettings>): ConfigOf<typeof processSettings> {
  return config as ConfigOf<typeof processSettings>;
}

/** Resolves when `work` has ended or its time is over: the bus releases running work when it closes. */
export async function inTime(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const over = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
  await Promise.race([work, over]);
}
