import { clairFormats } from '@clarion/clair-v4/formats';
import { createInProcessBus } from '@clarion/bus-in-process';
import { localDetectorClient } from '@clarion/detector-client';
import type { Bus, Store } from '@clarion/model';
import { createLog, createMetrics, readConfig } from '@clarion/service-runtime';
import { apiSettings } from '@clarion/settings';
import { apiDependencies } from './api-dependencies';
import { openAdapters } from './open-adapters';

const required = { CLARION_SEALING_KEYS: Buffer.alloc(32, 7).toString('base64') };
const log = createLog({ service: 'spec', version: '0', level: 'silent' });

/** The adapters of a configuration, and what was closed, in order. */
function open(variables: Readonly<Record<string, string>> = {}) {
  const { config } = readConfig(apiSettings, { ...required, ...variables });
  const metrics = createMetrics({ version: '0' });
  const closed: string[] = [];
  const closing = (name: string) => (): Promise<void> => Promise.resolve().then(() => void closed.push(name));
  const bus: Bus = Object.assign(createInProcessBus(), { close: closing('bus') });
  const chosen = {
    bus,
    store: { close: closing('store') } as unknown as Store,
    detectors: { client: localDetectorClient([]), close: () => void closed.push('detectors') },
    processes: { close: closing('processes') },
  };
  return { config, metrics, closed, adapters: openAdapters(config, chosen, metrics) };
}

describe('the adapters of an API', () => {
  it('are closed after what uses them: processes first, the store last', async () => {
    const { adapters, closed } = open();
    await adapters.close();
    expect(closed).toEqual(['processes', 'bus', 'detectors', 'store']);
  });

  it.each(['too short', Buffer.alloc(31).toString('base64')])('need keys to seal with: %j is not one', (keys) => {
    expect(() => open({ CLARION_SEALING_KEYS: keys })).toThrow(
      expect.objectContaining({ code: 'invalid-input' }) as Error,
    );
  });
});

describe('the dependencies of use cases', () => {
  async function dependenciesOf(variables: Readonly<Record<string, string>>) {
    const { adapters, config, metrics } = open(variables);
    const indexArchive = (): Promise<never> => Promise.reject(new Error('No process reads archives here'));
    const dependencies = apiDependencies(config, { ...adapters, indexArchive }, { log, metrics, feeds: config });
    await adapters.close();
    return { dependencies, metrics };
  }

  it('have the limits of the configuration', async () => {
    const { dependencies } = await dependenciesOf({
      CLARION_WAITING_LAYERS: '7',
      CLARION_UPLOAD_BYTES: '5MiB',
      CLARION_UPLOADS: '3',
      CLARION_MAX_FEED_AGE: '90m',
    });
    expect(dependencies).toMatchObject({
      limits: { waitingLayers: 7, uploadBytes: 5 * 1024 ** 2, uploads: 3 },
      maxFeedAgeMinutes: 90,
    });
  });

  it('have the feeds of the configuration, and every report format', async () => {
    const { dependencies } = await dependenciesOf({ CLARION_FEEDS: '{"enable":["wolfi"],"disable":["epss"]}' });
    const on = dependencies.feeds.filter(({ enabled }) => enabled !== false).map(({ id }) => id);
    expect([on.includes('wolfi'), on.includes('nvd'), on.includes('epss')]).toEqual([true, true, false]);
    const clair = clairFormats.map(({ id }) => id);
    expect(dependencies.formats.map(({ id }) => id)).toEqual(['cyclonedx', 'harbor', 'json', 'table', ...clair]);
  });

  it('let callers name public addresses of layers only', async () => {
    const { dependencies } = await dependenciesOf({});
    await expect(dependencies.checkLayerUrls(['http://169.254.169.254/latest'])).rejects.toMatchObject({
      code: 'egress-denied',
    });
  });

  it('measure matching', async () => {
    const { dependencies, metrics } = await dependenciesOf({});
    dependencies.onMatched?.(0.5);
    expect((await metrics.scrape()).body).toContain('clarion_match_duration_seconds_sum 0.5');
  });
});
