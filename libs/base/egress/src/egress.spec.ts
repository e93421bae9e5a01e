import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { createEgress, EgressPolicy } from './index';
import { closing, egress, failure, listen, serve, text } from '../testing/loopback';

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('retries', () => {
  it.each([429, 500, 502, 503, 504])('repeats a GET answered with %i', async (status) => {
    let calls = 0;
    const base = await serve((_request, response) => response.writeHead(++calls < 3 ? status : 200).end('done'));
    const answer = await egress().request({ url: base });
    expect([answer.status, calls]).toEqual([200, 3]);
  });

  it('returns the last answer when it stays bad', async () => {
    let calls = 0;
    const base = await serve((_request, response) => {
      calls++;
      response.writeHead(503).end('down');
    });
    const answer = await egress().request({ url: base });
    expect([answer.status, await text(answer), calls]).toEqual([503, 'down', 4]);
  });

  it.each<[name: string, method: string, idempotent: boolean | undefined, status: number, calls: number]>([
    ['a POST', 'POST', undefined, 503, 1],
    ['a POST declared harmless', 'POST', true, 503, 4],
    ['a GET declared harmful', 'GET', false, 503, 1],
    ['a 404', 'GET', undefined, 404, 1],
    ['a 501', 'GET', undefined, 501, 1],
  ])('%s', async (_name, method, idempotent, status, expected) => {
    let calls = 0;
    const base = await serve((_request, response) => {
      calls++;
      response.writeHead(status).end();
    });
    await egress().request({ url: base, method, ...(idempotent === undefined ? {} : { idempotent }) });
    expect(calls).toBe(expected);
  });

  it('waits as long as Retry-After says, and does not wait when that is too long', async () => {
    const times: number[] = [];
    const base = await serve((request, response) => {
      times.push(Date.now());
      const after = request.url === '/long' ? '3600' : '1';
      response.writeHead(times.length === 1 ? 429 : 200, { 'retry-after': after }).end();
    });
    const patient = egress(undefined, { limits: { maxDelayMillis: 5_000 } });
    expect((await patient.request({ url: base })).status).toBe(200);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990);
    times.length = 0;
    expect((await patient.request({ url: `${base}/long` })).status).toBe(429);
    expect(times).toHaveLength(1);
  });

  it('repeats after a connection that broke', async () => {
    let calls = 0;
    const base = await serve((request, response) => {
      if (++calls < 3) request.socket.destroy();
      else response.end('there');
    });
    expect(await text(await egress().request({ url: base }))).toBe('there');
  });

  it('gives up on a refused connection with a retryable error', async () => {
    const port = await listen(createTcpServer());
    await closing.pop()?.();
    const error = await failure(egress().request({ url: `http://127.0.0.1:${port}/` }));
    expect(error).toMatchObject({ code: 'upstream-unavailable', retryable: true });
    expect(error.message).toContain('refused');
  });

  it('stops waiting when aborted', async () => {
    const controller = new AbortController();
    const base = await serve((_request, response) => {
      response.writeHead(503, { 'retry-after': '30' }).end();
    });
    // Emitted by the HTTP client once the whole answer was read; after that the client only waits.
    const wasRead = (): void =>
      void setImmediate(() => {
        controller.abort(new Error('enough'));
      });
    subscribe('undici:request:trailers', wasRead);
    const patient = egress(undefined, { limits: { maxDelayMillis: 60_000 } });
    await expect(patient.request({ url: base, signal: controller.signal })).rejects.toThrow('enough');
    unsubscribe('undici:request:trailers', wasRead);
  });
});

describe('limits', () => {
  it.each([
    ['declared', true],
    ['not declared', false],
  ])('a body over maxBytes ends while reading (length %s)', async (_name, declare) => {
    const base = await serve((_request, response) => {
      response.writeHead(200, declare ? { 'content-length': '5000' } : {});
      response.end(Buffer.alloc(5000));
    });
    const answer = await egress().request({ url: base, maxBytes: 4999 });
    expect((await failure(answer.bytes())).code).toBe('limit-exceeded');
    const fits = await egress().request({ url: base, maxBytes: 5000 });
    expect(await fits.bytes()).toHaveLength(5000);
  });

  it('too many header bytes are rejected', async () => {
    const base = await serve((_request, response) => {
      for (let i = 0; i < 50; i++) response.setHeader(`x-${i}`, 'v'.repeat(1000));
      response.end();
    });
    expect((await failure(egress().request({ url: base }))).code).toBe('limit-exceeded');
  });

  it('an answer that never begins', async () => {
    const base = await serve(() => undefined);
    const hasty = egress(undefined, { limits: { firstByteMillis: 100, retries: 0 } });
    expect((await failure(hasty.request({ url: base }))).message).toContain('no answer came in time');
  });

  it('a body that stalls', async () => {
    const base = await serve((_request, response) => {
      response.writeHead(200).write('x');
    });
    const hasty = egress(undefined, { limits: { stallMillis: 200 } });
    const answer = await hasty.request({ url: base });
    expect((await failure(answer.bytes())).message).toContain('stalled');
  });

  it('a body that trickles', async () => {
    const base = await serve((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    const hasty = egress(undefined, { limits: { windowMillis: 100, minBytesPerWindow: 1000 } });
    const answer = await hasty.request({ url: base });
    expect((await failure(answer.bytes())).message).toContain('too slowly');
  });

  it.each([
    ['with a length', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort'],
    ['chunked', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nshort\r\n'],
  ])('a body cut short %s', async (_name, answer) => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.on('error', () => undefined);
        socket.end(answer);
      }),
    );
    const response = await egress().request({ url: `http://127.0.0.1:${port}/` });
    expect((await failure(response.bytes())).code).toBe('upstream-unavailable');
  });

  it('an answer that is not http', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('220 mail ready\r\n')));
    const impatient = egress(undefined, { limits: { retries: 0 } });
    const error = await failure(impatient.request({ url: `http://127.0.0.1:${port}/` }));
    expect(error.code).toBe('upstream-unavailable');
  });

  it('https towards a plain http server', async () => {
    const base = await serve((_request, response) => response.end());
    const impatient = egress(undefined, { limits: { retries: 0 } });
    const error = await failure(impatient.request({ url: base.replace('http:', 'https:') }));
    expect(error.code).toBe('upstream-unavailable');
  });
});

const canMakeCertificates = spawnSync('openssl', ['version']).status === 0;

(canMakeCertificates ? describe : describe.skip)('certificates (needs openssl)', () => {
  let url = '';
  beforeEach(async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'clarion-egress-'));
    const [key, cert] = [path.join(directory, 'key'), path.join(directory, 'cert')];
    const subject = ['-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=127.0.0.1', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject], { stdio: 'ignore' });
    const files = { key: readFileSync(key), cert: readFileSync(cert) };
    rmSync(directory, { recursive: true });
    url = `https://127.0.0.1:${await listen(createTlsServer(files, (_request, response) => response.end('secret')))}/`;
  });

  it('of an unknown authority are rejected permanently, with a remedy', async () => {
    const error = await failure(egress().request({ url }));
    expect(error).toMatchObject({ code: 'egress-denied', retryable: false });
    expect(error.remedy).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('of an unknown authority are accepted for a host marked insecure', async () => {
    const answer = await egress({ privateNetworks: true, insecureHosts: ['127.0.0.1'] }).request({ url });
    expect(await text(answer)).toBe('secret');
  });
});

it('joins repeated headers and sends its user agent', async () => {
  const base = await serve((request, response) => {
    response.setHeader('www-authenticate', ['Basic realm="a"', 'Bearer realm="b"']);
    response.setHeader('x-agent', request.headers['user-agent'] ?? '');
    response.end();
  });
  const answer = await egress({ privateNetworks: true, userAgent: 'clarion/1' }).request({
    url: base,
    method: 'HEAD',
  });
  expect(answer.headers.get('www-authenticate')).toBe('Basic realm="a", Bearer realm="b"');
  expect(answer.headers.get('x-agent')).toBe('clarion/1');
});

describe('a proxy', () => {
  it('receives the request, and names are still checked', async () => {
    const seen: string[] = [];
    const origin = await serve((_request, response) => response.end('through'));
    const server = createServer();
    server.on('connect', (request, client) => {
      seen.push(request.url ?? '');
      client.on('error', () => undefined);
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.once('data', () => client.end('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nthrough'));
    });
    const proxy = `http://127.0.0.1:${await listen(server)}`;
    const policy: EgressPolicy = { insecureHosts: ['*'], proxy: { http: proxy, https: proxy, none: 'direct.example' } };
    const guarded = egress(policy);
    const answer = await guarded.request({ url: 'http://registry.example/' });
    expect([await text(answer), seen]).toEqual(['through', ['registry.example:80']]);
    expect((await failure(guarded.request({ url: 'http://169.254.169.254/' }))).code).toBe('egress-denied');
    expect(origin).toContain('127.0.0.1');
  });
});

it('loads undici with the first request only', () => {
  jest.isolateModules(() => {
    jest.doMock('undici', () => {
      throw new Error('loaded too early');
    });
    const fresh = jest.requireActual<{ createEgress: typeof createEgress }>('./index');
    expect(() => fresh.createEgress({})).not.toThrow();
  });
});
