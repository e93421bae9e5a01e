import type { EffectiveImage, LayerIndex } from '@clarion/model';
import { createMetrics } from '@clarion/service-runtime';
import { countMeasures, measureEgress, measureLayers } from './index';

const layer = (codes: readonly string[]): LayerIndex =>
  ({ size: 1000, problems: codes.map((code) => ({ code })), detections: [] }) as unknown as LayerIndex;
const image = (parts: Partial<EffectiveImage>): EffectiveImage =>
  ({ namespaces: [], features: [], problems: [], ...parts }) as unknown as EffectiveImage;
const namespaces = [{}] as unknown as EffectiveImage['namespaces'];
const gap = { code: 'corrupt-data', path: 'x', message: 'x' } as unknown as EffectiveImage['problems'][number];

describe('measures of layers', () => {
  it('are counted as they are reported', async () => {
    const metrics = createMetrics({ version: '0' });
    const { onBytes, onLayer, onImage, count } = measureLayers(() => Promise.resolve(null), countMeasures(metrics));
    for (const bytes of [10, 20, 17 * 1024 ** 2]) onBytes(bytes);
    onBytes(5);
    onLayer(layer(['limit-reached', 'corrupt-data']));
    for (const one of [image({}), image({ namespaces }), image({ namespaces, problems: [gap] })]) onImage(one);
    expect(await count(image({}))).toBeNull();
    const { body } = await metrics.scrape();
    for (const line of [
      `clarion_layer_bytes_total{kind="compressed"} ${17 * 1024 ** 2 + 35}`,
      'clarion_layer_bytes_total{kind="decompressed"} 1000',
      'clarion_limits_hit_total{kind="content"} 1',
      'clarion_scans_total{result="unsupported"} 1',
      'clarion_scans_total{result="ok"} 1',
      'clarion_scans_total{result="incomplete"} 1',
      'clarion_match_duration_seconds_count 1',
    ])
      expect(body.split('\n')).toContain(line);
  });

  it('include denied requests and responses of registries', async () => {
    const metrics = createMetrics({ version: '0' });
    const { onDenied, onAnswer } = measureEgress(countMeasures(metrics));
    onDenied('address');
    for (const status of [200, 429]) onAnswer({ host: 'registry.example', status });
    const { body } = await metrics.scrape();
    for (const line of [
      'clarion_egress_denied_total{reason="address"} 1',
      'clarion_registry_requests_total{registry="registry.example"} 2',
      'clarion_registry_throttled_total{registry="registry.example"} 1',
    ])
      expect(body.split('\n')).toContain(line);
  });

  it('of bytes are one report for many', () => {
    const reports: string[] = [];
    const { onBytes, onLayer } = measureLayers(
      () => Promise.resolve(null),
      ({ of }) => reports.push(of),
    );
    for (let n = 0; n < 1000; n += 1) onBytes(1000);
    onLayer(layer([]));
    onLayer(layer([]));
    expect(reports).toEqual(['bytes', 'layer', 'layer']);
  });
});
