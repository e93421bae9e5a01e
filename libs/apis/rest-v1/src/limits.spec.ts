import { connect, type AddressInfo } from 'node:net';
import { request as httpRequest } from 'node:http';
import type { UseCases } from '@clarion/use-cases';
import { until } from '@clarion/test-kit';
import { type RestService, startRestService } from '../testing/rest-service';

const digest = `sha256:${'a'.repeat(64)}`;
const layers = [{ digest: `sha256:${'b'.repeat(64)}`, url: 'http://127.0.0.1:1/x' }];

let here: RestService;
beforeAll(async () => {
  here = await startRestService({
    bodies: { jsonMillis: 300, stallMillis: 300 },
    limits: { headersMillis: 300 },
    heartbeatMillis: 50,
    listeners: { ofCaller: 1, inAll: 2 },
    dependencies: { limits: { waiting: { ofCaller: 1, inAll: 2 } } },
  });
});
afterAll(() => here.close());

describe('problems', () => {
  it.each([
    ['an unknown path', 'GET', '/api/v1/nothing', {}, 404, 'no-such-call'],
    ['a path outside', 'GET', '/nothing', {}, 404, 'no-such-call'],
    ['another method', 'PUT', '/api/v1/images', {}, 405, 'method-not-allowed'],
    ['an unknown parameter', 'GET', '/api/v1/images?limits=5', {}, 400, 'invalid-input'],
    ['a parameter twice', 'GET', '/api/v1/images?limit=5&limit=6', {}, 400, 'invalid-input'],
    ['a limit of 0', 'GET', '/api/v1/images?limit=0', {}, 400, 'invalid-input'],
    ['a limit of 1001', 'GET', '/api/v1/images?limit=1001', {}, 400, 'invalid-input'],
    ['two restrictions', 'GET', '/api/v1/images?package=a&severity=High', {}, 400, 'invalid-input'],
    ['an invalid wait', 'GET', `/api/v1/images/${digest}?wait=5x`, {}, 400, 'invalid-input'],
    ['an invalid digest', 'GET', '/api/v1/images/latest', {}, 404, 'not-found'],
    ['an invalid escape', 'GET', '/api/v1/images/%zz', {}, 400, 'invalid-input'],
    [
      'no JSON',
      'POST',
      '/api/v1/images',
      { body: '{', headers: { 'content-type': 'application/json' } },
      400,
      'invalid-input',
    ],
    [
      'no UTF-8',
      'POST',
      '/api/v1/images',
      { body: Buffer.from([0x22, 0xff, 0x22]), headers: { 'content-type': 'application/json' } },
      400,
      'invalid-input',
    ],
    ['an unknown member', 'POST', '/api/v1/images', { json: { reference: 'a', x: 1 } }, 400, 'invalid-input'],
    [
      'a member of the prototype',
      'POST',
      '/api/v1/images',
      { body: '{"__proto__":{"reference":"a"}}', headers: { 'content-type': 'application/json' } },
      400,
      'invalid-input',
    ],
    [
      'a member twice',
      'PUT',
      '/api/v1/own-vulnerabilities/debian:12/ACME-1',
      {
        body: `{"affected":[{"package":{"name":"a"},"versions":["1"]}],"affected":[{"package":{"name":"b"},"versions":["1"]}]}`,
        headers: { 'content-type': 'application/json' },
      },
      400,
      'invalid-input',
    ],
    [
      'too deep',
      'POST',
      '/api/v1/images',
      { body: '['.repeat(500) + ']'.repeat(500), headers: { 'content-type': 'application/json' } },
      400,
      'invalid-input',
    ],
    ['too large', 'POST', '/api/v1/images', { json: { reference: 'a'.repeat(2 * 1024 ** 2) } }, 413, 'too-large'],
    ['too large for a webhook', 'POST', '/api/v1/endpoints', { json: { url: 'a'.repeat(65_536) } }, 413, 'too-large'],
    [
      'packed',
      'POST',
      '/api/v1/images',
      { json: {}, headers: { 'content-encoding': 'gzip' } },
      415,
      'unsupported-media-type',
    ],
    ['no media type', 'POST', '/api/v1/images', { body: Buffer.from('{}') }, 415, 'unsupported-media-type'],
    [
      'an address inside',
      'POST',
      '/api/v1/images',
      { json: { digest, layers: [{ ...layers[0], url: 'http://169.254.169.254/' }] } },
      400,
      'egress-denied',
    ],
    ['an unknown feed', 'POST', '/api/v1/feeds/none/update', {}, 404, 'not-found'],
    [
      'a webhook without TLS',
      'POST',
      '/api/v1/endpoints',
      { json: { url: 'http://hooks.example/' } },
      400,
      'invalid-input',
    ],
  ] as const)('%s', async (_what, method, path, options, status, code) => {
    const answer = await here.ask(method, path, options);
    expect(answer).toMatchObject({ status, json: { status, code, type: `urn:clarion:problem:${code}` } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect((answer.json as { requestId: string }).requestId).toBe(answer.headers.get('x-request-id'));
    expect(answer.text).not.toContain('169.254');
  });

  it('of internal errors only report that they happened', async () => {
    const list = () => Promise.reject(new Error('password=secret'));
    const useCases = { feeds: { list } } as unknown as UseCases;
    const broken = await startRestService({ useCases });
    const answer = await broken.ask('GET', '/api/v1/feeds', { headers: { 'x-request-id': 'mine-1' } });
    expect(answer).toMatchObject({ status: 500, json: { code: 'internal', requestId: 'mine-1' } });
    expect(answer.text).not.toContain('secret');
    expect(broken.log).toContainEqual(expect.objectContaining({ message: 'A request failed', request_id: 'mine-1' }));
    await broken.close();
  });
});

describe('every answer', () => {
  it('has headers that keep browsers from interpreting it, and no CORS', async () => {
    const { headers } = await here.ask('GET', '/api/v1/feeds', { headers: { origin: 'https://evil.example' } });
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('writes one log line: the route, without secrets', async () => {
    here.log.splice(0);
    await here.ask('GET', `/api/v1/images/${digest}?wait=1ms`, { token: 'reader', headers: { cookie: 'c=secret' } });
    // The lines are in order: once that of a later request is there, all of the first one are.
    await here.ask('GET', '/api/v1/feeds', { token: 'reader' });
    await until('the later one is there', () => here.log.some((line) => line['route'] === '/api/v1/feeds'));
    expect(here.log.filter((line) => line['route'] !== '/api/v1/feeds')).toEqual([
      expect.objectContaining({
        message: 'Request',
        method: 'GET',
        route: '/api/v1/images/{digest}',
        status: 404,
        caller: 'reader',
        code: 'not-found',
      }),
    ]);
    expect(JSON.stringify(here.log)).not.toMatch(/secret|Bearer/);
  });
});

describe('the browsable document', () => {
  it('requires no token and has nothing inline', async () => {
    const page = await here.ask('GET', '/docs', { token: '' });
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self';/);
    expect(page.text).not.toMatch(/<script>|<style|style=|onload/);
    const files = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name = '']) => name);
    expect(files).toHaveLength(4);
    for (const name of [...files, '/openapi.json']) {
      expect([name, (await here.ask('GET', name, { token: '' })).status]).toEqual([name, 200]);
    }
  });
});

describe('callers that are slow on purpose', () => {
  const port = (): number => (here.server.address() as AddressInfo).port;

  it.each([
    ['headers', 'GET /api/v1/feeds HTTP/1.1\r\nHost: a\r\nX'],
    [
      'a JSON body',
      'POST /api/v1/images HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer scanner\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ],
    [
      'an archive',
      'POST /api/v1/images HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer scanner\r\nContent-Type: application/x-tar\r\nContent-Length: 100\r\n\r\n{',
    ],
  ])('with %s are cut off', async (_what, text) => {
    await new Promise<void>((resolve) => {
      const socket = connect(port(), '127.0.0.1', () => socket.write(text));
      socket.on('data', () => undefined);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        resolve();
      });
    });
  });

  it('and never silent have a deadline for the whole request', async () => {
    const slow = await startRestService({ bodies: { requestMillis: 400, stallMillis: 60_000 } });
    const socket = connect((slow.server.address() as AddressInfo).port, '127.0.0.1');
    let answer = '';
    socket.on('data', (text) => (answer += text.toString())).on('error', () => undefined);
    socket.write('POST /api/v1/images HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer scanner\r\n');
    socket.write('Content-Type: application/x-tar\r\nContent-Length: 1000000\r\n\r\n');
    const trickle = setInterval(() => socket.write('a'), 10);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(trickle);
    await slow.close();
    expect(answer).toMatch(/^HTTP\/1\.1 408 .*The body took too long/s);
  });

  it('who disconnect end the work for them', async () => {
    await here.ask('POST', '/api/v1/images', { json: { digest, layers } });
    const seen: boolean[] = [];
    let asked = 0;
    const get: UseCases['images']['get'] = (_digest, wait) =>
      new Promise((_resolve, reject) => {
        asked += 1;
        wait?.signal?.addEventListener('abort', () => {
          seen.push(true);
          reject(new Error('gone'));
        });
      });
    const waiting = await startRestService({ useCases: { images: { get } } as unknown as UseCases });
    const options = { headers: { authorization: 'Bearer reader' } };
    const call = httpRequest(`${waiting.base}/api/v1/images/${digest}?wait=60s`, options);
    call.on('error', () => undefined);
    call.end();
    await until('it is worked on', () => asked === 1);
    call.destroy();
    await until('it ends', () => seen.length > 0);
    expect(seen).toEqual([true]);
    await waiting.close();
  });

  it('wait for one image at a time where the limit is one, and do not block others', async () => {
    await here.ask('POST', '/api/v1/images', { json: { digest, layers } });
    const stop = new AbortController();
    const wait = (token: string, path = `${digest}?wait=2m`) =>
      fetch(`${here.base}/api/v1/images/${path}`, {
        headers: { authorization: `Bearer ${token}` },
        signal: stop.signal,
      });
    const refused = async (token: string) => {
      const answer = await wait(token);
      const { code, detail } = (await answer.json()) as { code: string; detail: string };
      return { status: answer.status, retryAfter: answer.headers.get('retry-after'), code, detail };
    };
    // Of two requests of one caller, one waits, whichever came first.
    const first = ['reader', 'reader'].map(refused);
    const problem = { status: 429, retryAfter: '10', code: 'too-many-requests' };
    const tooMany = (who: string) => ({ ...problem, detail: `${who} for too many images at the same time` });
    expect(await Promise.race(first)).toEqual(tooMany('This caller waits'));
    const second = ['operator', 'operator'].map(refused);
    expect(await Promise.race(second)).toEqual(tooMany('This caller waits'));
    expect(await refused('administrator')).toEqual(tooMany('Callers wait'));
    expect((await wait('reader', digest)).status).toBe(200);
    stop.abort();
    await Promise.allSettled([...first, ...second]);
    await until(
      'the slot is free',
      async () => (await here.ask('GET', `/api/v1/images/${digest}?wait=1ms`)).status === 200,
    );
  });

  it('listen one at a time where the limit is one, with keep-alives, and do not block others', async () => {
    const stop = new AbortController();
    const headers = { authorization: 'Bearer reader' };
    const first = await fetch(`${here.base}/api/v1/events`, { headers, signal: stop.signal });
    const reader = (first.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('\n:\n')) text += Buffer.from((await reader.read()).value ?? new Uint8Array()).toString();
    const refused = await here.ask('GET', '/api/v1/events', { token: 'reader' });
    expect(refused).toMatchObject({ status: 429, json: { detail: expect.stringContaining('This caller') as unknown } });
    const other = { headers: { authorization: 'Bearer operator' }, signal: stop.signal };
    expect((await fetch(`${here.base}/api/v1/events`, other)).status).toBe(200);
    const late = await here.ask('GET', '/api/v1/events', { token: 'administrator' });
    expect(late).toMatchObject({
      status: 429,
      json: { detail: expect.stringContaining('Too many callers') as unknown },
    });
    stop.abort();
    await until('another one may listen', async () => {
      const again = new AbortController();
      const { status } = await fetch(`${here.base}/api/v1/events`, { headers, signal: again.signal });
      again.abort();
      expect([200, 429]).toContain(status);
      return status === 200;
    });
  });
});
