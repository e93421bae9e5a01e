import { eventId, type EventOf, type HandlerContext, type Log, ClarionError } from '@clarion/model';

import { createMetrics } from './metrics';
import { metricTable } from './metric-table';
import { observed, watchQueues } from './observed';

/** Lines of a scrape without comments. */
async function samples(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  return (await metrics.scrape()).body.split('\n').filter((line) => line.startsWith('clarion_'));
}

describe('metrics', () => {
  it('follow the naming rules of Prometheus', () => {
    for (const [name, row] of Object.entries(metricTable)) {
      expect([name, /^clarion_[a-z_]+$/.test(name)]).toEqual([name, true]);
      expect([name, name.endsWith('_total')]).toEqual([name, row.type === 'counter']);
      expect([name, row.help.length > 10 && !row.help.endsWith('.')]).toEqual([name, true]);
      const buckets = 'buckets' in row ? [...row.buckets] : [];
      expect([name, buckets.length > 0]).toEqual([name, row.type === 'histogram']);
      expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
    }
  });

  it('reports counts, the build and the process', async () => {
    const metrics = createMetrics({ version: '1.2.3', revision: 'abc' });
    metrics.metric('clarion_layers_total').inc({ outcome: 'extracted' }, 2);
    metrics.metric('clarion_layers_total').inc({ outcome: 'extracted' });
    metrics.metric('clarion_match_duration_seconds').observe(0.002);
    const lines = await samples(metrics);
    expect(lines).toContain('clarion_layers_total{outcome="extracted"} 3');
    expect(lines).toContain('clarion_match_duration_seconds_bucket{le="0.0025"} 1');
    expect(lines).toContain(`clarion_build_info{version="1.2.3",revision="abc",node_version="${process.version}"} 1`);
    expect((await metrics.scrape()).body).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
  });

  it('serves OpenMetrics on request, also to two clients at once', async () => {
    const metrics = createMetrics({ version: '1' });
    metrics.metric('clarion_layers_total').inc({ outcome: 'failed' });
    const [open, plain] = await Promise.all([
      metrics.scrape('application/openmetrics-text;version=1.0.0,text/plain;q=0.1'),
      metrics.scrape('text/plain'),
    ]);
    expect(open.contentType).toContain('application/openmetrics-text');
    expect(open.body).toContain('# TYPE clarion_layers counter');
    expect(open.body).toContain('\nclarion_layers_total{outcome="failed"} 1\n');
    expect(open.body).not.toContain('\n\n');
    expect(open.body.endsWith('\n# EOF\n')).toBe(true);
    expect(plain.contentType).toContain('text/plain; version=0.0.4');
    expect(plain.body).toContain('# TYPE clarion_layers_total counter\nclarion_layers_total{outcome="failed"} 1\n');
  });

  it('sets gauges before each scrape, and survives what fails or hangs there', async () => {
    const metrics = createMetrics({ version: '1' });
    let waiting = 0;
    metrics.beforeScrape(() => Promise.reject(new Error('bus is away')));
    metrics.beforeScrape(() => new Promise(() => undefined));
    metrics.beforeScrape(() => {
      metrics.metric('clarion_queue_lag').set({ stream: 'work', consumer: 'work.layer' }, (waiting += 1));
      return Promise.resolve();
    });
    await metrics.scrape();
    expect(await samples(metrics)).toContain('clarion_queue_lag{stream="work",consumer="work.layer"} 2');
  });
});

describe('observed', () => {
  const event: EventOf<'work.feed'> = { kind: 'work.feed', feed: 'nvd', request: '1' };
  const contextOf = (delivery: number): HandlerContext => ({ signal: new AbortController().signal, delivery });

  it.each([
    ['ok', undefined],
    ['refused', new ClarionError('not-found', 'No feed')],
    ['retry', new ClarionError('upstream-unavailable', 'Away')],
    ['retry', new Error('bug')],
  ])('counts and logs: %s', async (result, error) => {
    const logged: { message: string; fields: unknown }[] = [];
    const note = (message: string, fields: unknown): void => void logged.push({ message, fields });
    const log: Log = { debug: () => undefined, info: note, warn: note, error: note };
    const metrics = createMetrics({ version: '1' });
    const routes = observed(
      {
        'work.feed': async function* (work) {
          yield await Promise.resolve({ ...work, kind: 'feed.updated', result: 'changed' } as const);
          if (error !== undefined) throw error;
        },
      },
      { log, metrics },
    );
    const seen: string[] = [];
    const run = async (): Promise<void> => {
      for await (const caused of routes['work.feed']!(event, contextOf(2))) seen.push(eventId(caused));
    };
    if (error === undefined) await run();
    else await expect(run()).rejects.toBe(error);
    expect(seen).toEqual(['feed.updated nvd 1']);
    const lines = await samples(metrics);
    expect(lines).toContain(`clarion_events_handled_total{kind="work.feed",outcome="${result}"} 1`);
    expect(lines).toContain('clarion_event_duration_seconds_count{kind="work.feed"} 1');
    expect(lines).toContain('clarion_queue_redeliveries_total{stream="work",consumer="work.feed"} 1');
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ fields: { event_id: 'work.feed nvd 1', delivery: 2 } });
  });
});

describe('watchQueues', () => {
  it('reports waiting and running work at the time of the scrape', async () => {
    const metrics = createMetrics({ version: '1' });
    let waiting = 3;
    watchQueues(
      { queues: () => Promise.resolve([{ kind: 'work.layer', waiting, running: 2, redelivered: 0 }]) },
      metrics,
    );
    await metrics.scrape();
    waiting = 7;
    const lines = await samples(metrics);
    expect(lines).toContain('clarion_queue_lag{stream="work",consumer="work.layer"} 7');
    expect(lines).toContain('clarion_queue_ack_pending{stream="work",consumer="work.layer"} 2');
  });
});
