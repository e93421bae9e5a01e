import { createMetrics } from '@clarion/service-runtime';
import { observedRequests } from './observed-requests';

const request = { method: 'GET', route: '/api/v1/feeds', status: 200, seconds: 0.25 };

/** The samples of a metric after one request, without those that other requests would have. */
async function samplesAfter(finished: Parameters<ReturnType<typeof observedRequests>>[0], name: string) {
  const metrics = createMetrics({ version: '0' });
  observedRequests(metrics)(finished);
  const { body } = await metrics.scrape();
  return body.split('\n').filter((line) => line.startsWith(name) && !line.endsWith(' 0'));
}

describe('observed requests', () => {
  it('are measured by route, method and status', async () => {
    const [sum, ...more] = await samplesAfter(request, 'clarion_http_request_duration_seconds_sum');
    expect(more).toEqual([]);
    expect(sum).toMatch(/route="\/api\/v1\/feeds"/);
    expect(sum).toMatch(/method="GET"/);
    expect(sum).toMatch(/code="200"/);
    expect(sum).toMatch(/ 0\.25$/);
  });

  it.each([
    ['queue-full', ['clarion_limits_hit_total{kind="queue"} 1']],
    ['too-many-requests', ['clarion_limits_hit_total{kind="rate"} 1']],
    ['too-large', ['clarion_limits_hit_total{kind="body"} 1']],
    ['limit-exceeded', ['clarion_limits_hit_total{kind="body"} 1']],
    ['not-found', []],
    [undefined, []],
  ])('that end with %s count as limits %j', async (code, expected) => {
    const finished = { ...request, ...(code === undefined ? {} : { code }) };
    expect(await samplesAfter(finished, 'clarion_limits_hit_total{')).toEqual(expected);
  });
});
