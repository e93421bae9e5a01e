import { createLog, createMetrics, readConfig, runService, startTracing } from '@clarion/service-runtime';
import { settings } from './config';
import { clarionVersion } from './release';

const name = 'namespace-detector';

async function main(): Promise<void> {
  const { config, warnings } = readConfig(settings);
  const log = createLog({ service: name, version: clarionVersion, level: config.logLevel });
  const metrics = createMetrics({ version: clarionVersion });
  const tracing = await startTracing({ service: name, version: clarionVersion, instrument: ['grpc'] });
  for (const warning of warnings) log.warn(warning);
  await runService({
    name,
    log,
    drainMillis: config.drainMillis,
    graceMillis: config.graceMillis,
    introspection: { host: config.introspectionHost, port: config.introspectionPort, metrics },
    start: async ({ draining }) => {
      // Loaded only now: what is traced must not be loaded before tracing is.
      const { serveDetectors } = await import('./serve-detectors');
      const server = await serveDetectors(config, { log, metrics });
      draining.addEventListener('abort', () => {
        server.setServing(false);
      });
      return {
        ready: () => Promise.resolve(true),
        stop: async (signal) => {
          await server.stop(signal);
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
