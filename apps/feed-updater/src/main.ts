import { createLog, createMetrics, readConfig, runService, startTracing } from '@clarion/service-runtime';
import { settings } from './config';
import { clarionVersion } from './release';

const name = 'feed-updater';

async function main(): Promise<void> {
  const { config, warnings } = readConfig(settings);
  const log = createLog({ service: name, version: clarionVersion, level: config.logLevel });
  const metrics = createMetrics({ version: clarionVersion });
  const tracing = await startTracing({ service: name, version: clarionVersion, instrument: ['http', 'mongodb'] });
  for (const warning of warnings) log.warn(warning);
  await runService({
    name,
    log,
    drainMillis: 0,
    graceMillis: config.graceMillis,
    introspection: { host: config.introspectionHost, port: config.introspectionPort, metrics },
    start: async ({ draining }) => {
      // Loaded only now: what is traced must not be loaded before tracing is.
      const { updateFeeds } = await import('./update-feeds');
      const running = await updateFeeds(config, { log, metrics, draining });
      return {
        ready: () => running.ready(),
        stop: async (signal) => {
          await running.stop(signal);
          await tracing.shutdown();
        },
      };
    },
  });
}

main().catch((error: unknown) => {
  // Only what comes before the log: a wrong configuration.
  process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
