// A minimal service; run-service.spec.ts bundles and starts it. Environment variables control its behaviour.
import { once } from 'node:events';
import { createLog, createMetrics, runService } from '../src';

const { MODE = '', DRAIN = '0', GRACE = '5000' } = process.env;
const log = createLog({ service: 'child', version: '1' });

async function start() {
  await Promise.resolve();
  if (MODE === 'fails-to-start') throw new Error('no store');
  if (MODE === 'rejects') void Promise.reject(new Error('forgotten'));
  return {
    ready: () => Promise.resolve(true),
    stop: async (signal: AbortSignal) => {
      log.info('Stop called', { aborted: signal.aborted });
      if (MODE === 'stuck') await once(signal, 'abort');
      log.info('Stop done', { aborted: signal.aborted });
    },
  };
}

void runService({
  name: 'child',
  log,
  start,
  drainMillis: Number(DRAIN),
  graceMillis: Number(GRACE),
  introspection: { host: '127.0.0.1', port: 0, metrics: createMetrics({ version: '1' }) },
});
