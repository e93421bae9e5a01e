import type { Log } from '@clarion/model';

import { startIntrospection, type IntrospectionListener } from './introspection';
import { createMetrics } from './metrics';

const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

describe('introspection', () => {
  let ready: () => Promise<boolean>;
  let server: IntrospectionListener;
  beforeEach(async () => {
    ready = () => Promise.resolve(true);
    const metrics = createMetrics({ version: '1' });
    server = await startIntrospection({ host: '127.0.0.1', port: 0, ready: () => ready(), metrics, log });
  });
  afterEach(async () => {
    await server.close();
  });
  const get = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${server.port}${path}`, init);

  it('reports liveness, whatever the state of its dependencies', async () => {
    ready = () => Promise.reject(new Error('store is away'));
    const answer = await get('/healthz');
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  it.each([
    ['ready', () => Promise.resolve(true), 200],
    ['not ready', () => Promise.resolve(false), 503],
    ['failing', () => Promise.reject(new Error('store is away')), 503],
  ])('reports readiness: %s', async (_, state, status) => {
    ready = state;
    const answer = await get('/readyz?verbose');
    await answer.text();
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
  });

  it('treats a check that never ends as not ready', async () => {
    ready = () => new Promise(ignore);
    const answer = await get('/readyz');
    await answer.text();
    expect(answer.status).toBe(503);
  });

  it('serves metrics in the requested format', async () => {
    const plain = await get('/metrics');
    expect(await plain.text()).toContain('clarion_build_info{version="1"');
    const open = await get('/metrics', { headers: { accept: 'application/openmetrics-text' } });
    expect(open.headers.get('content-type')).toContain('application/openmetrics-text');
    expect(await open.text()).toContain('# EOF');
  });

  it.each([
    ['POST', '/readyz', 405],
    ['GET', '/', 404],
    ['GET', '/metrics/', 404],
    ['HEAD', '/healthz', 200],
  ])('%s %s → %i', async (method, path, status) => {
    const answer = await get(path, { method });
    const body = await answer.text();
    expect(answer.status).toBe(status);
    if (method === 'HEAD') expect(body).toBe('');
  });

  it('reports clearly that it cannot listen', async () => {
    const metrics = createMetrics({ version: '1' });
    const again = startIntrospection({ host: '127.0.0.1', port: server.port, ready, metrics, log });
    await expect(again).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('EADDRINUSE') as string,
    });
  });
});
