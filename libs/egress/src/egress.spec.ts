import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ClarionError } from '@clarion/model';
import { createEgress, type Egress, type EgressOptions, type EgressPolicy } from './index';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function serve(handler: Handler): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(handler))}`;
}

const quick = { firstDelayMillis: 2, maxDelayMillis: 50, connectMillis: 500, firstByteMillis: 2_000 };

function egress(policy: EgressPolicy = { privateNetworks: true }, options: EgressOptions = {}): Egress {
  const made = createEgress({ proxy: {}, ...policy }, { ...options, limits: { ...quick, ...options.limits } });
  closing.push(() => made.close());
  return made;
}

async function failure(promise: Promise<unknown>): Promise<ClarionError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ClarionError)) throw new Error(`expected a ClarionError, got ${String(error)}`);
  return error;
}

async function text(answer: { bytes(): Promise<Uint8Array> }): Promise<string> {
  return Buffer.from(await answer.bytes()).toString();
}

describe('what may be reached', () => {
  it.each<[name: string, policy: EgressPolicy, host: string]>([
    ['loopback with private networks', { privateNetworks: true }, '127.0.0.1'],
    ['localhost by name', { privateNetworks: true }, 'localhost'],
    ['a listed network', { allowedNetworks: ['127.0.0.0/8'] }, '127.0.0.1'],
    ['a listed host', { allowedHosts: ['127.0.0.1'] }, '127.0.0.1'],
    ['an insecure host by name', { privateNetworks: true, insecureHosts: ['*.example'] }, 'registry.example'],
    ['a listed host by name', { allowedHosts: ['registry.example'], insecureHosts: ['*'] }, 'registry.example'],
  ])('reaches %s', async (_name, policy, host) => {
    const base = await serve((_request, response) => response.end('hello'));
    const url = base.replace('127.0.0.1', host);
    const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const answer = await egress(policy, { resolve }).request({ url });
    expect([answer.status, await text(answer)]).toEqual([200, 'hello']);
  });

  it('checks every address a name resolves to', async () => {
    const resolve = () =>
      Promise.resolve([
        { address: '93.184.215.14', family: 4 },
        { address: '10.0.0.5', family: 4 },
      ]);
    const error = await failure(egress({}, { resolve }).request({ url: 'https://registry.example/' }));
    expect(error).toMatchObject({ code: 'egress-denied' });
    expect(error.message).not.toContain('10.0.0.5');
  });

  it('connects to the address it checked: a name that changes its mind is resolved once a connection', async () => {
    let hits = 0;
    const base = await serve((_request, response) => {
      hits++;
      response.end();
    });
    const answers = ['93.184.215.14', '127.0.0.1'];
    let looked = 0;
    const resolve = () => Promise.resolve([{ address: answers[Math.min(looked++, 1)]!, family: 4 }]);
    const url = base.replace('127.0.0.1', 'rebinding.example');
    const strict = egress({ insecureHosts: ['*'] }, { resolve, limits: { retries: 0, connectMillis: 200 } });
    await failure(strict.request({ url }));
    expect([looked, hits]).toEqual([1, 0]);
    expect(await failure(strict.request({ url }))).toMatchObject({ code: 'egress-denied' });
    expect(hits).toBe(0);
  });

  it('resolves by the system', async () => {
    const base = await serve((_request, response) => response.end('hello'));
    const answer = await egress().request({ url: base.replace('127.0.0.1', 'localhost') });
    expect(await text(answer)).toBe('hello');
  });

  it('a name without addresses', async () => {
    const none = egress({}, { resolve: () => Promise.resolve([]), limits: { retries: 0 } });
    expect((await failure(none.request({ url: 'https://nowhere.example/' }))).code).toBe('upstream-unavailable');
  });

  it('says so when a name is not known', async () => {
    let looked = 0;
    const resolve = () => {
      looked++;
      return Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    };
    const error = await failure(egress({}, { resolve }).request({ url: 'https://nowhere.example/' }));
    expect(error).toMatchObject({ code: 'upstream-unavailable', retryable: true });
    expect(error.message).toContain('nowhere.example');
    expect(looked).toBe(1);
  });
});

describe('redirects', () => {
  it('follows them and drops credentials and own headers on another origin', async () => {
    const seen: Record<string, unknown>[] = [];
    const far = await serve((request, response) => {
      seen.push({ ...request.headers });
      response.end('blob');
    });
    const near = await serve((request, response) => {
      seen.push({ ...request.headers });
      response.writeHead(307, { location: request.url === '/' ? '/again' : `${far}/blob` }).end();
    });
    const answer = await egress().request({
      url: near,
      credentials: 'Bearer token',
      headers: { 'x-secret': '1', accept: 'text/plain', range: 'bytes=0-' },
    });
    expect([await text(answer), answer.url]).toEqual(['blob', `${far}/blob`]);
    expect(seen.map((headers) => [headers['authorization'], headers['x-secret'], headers['accept']])).toEqual([
      ['Bearer token', '1', 'text/plain'],
      ['Bearer token', '1', 'text/plain'],
      [undefined, undefined, 'text/plain'],
    ]);
    expect(seen[2]?.['range']).toBe('bytes=0-');
  });

  it('does not hand credentials back after a detour over another origin', async () => {
    const seen: (string | undefined)[] = [];
    let near = '';
    const far = await serve((_request, response) => response.writeHead(302, { location: `${near}/home` }).end());
    near = await serve((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/home') response.end('ok');
      else response.writeHead(302, { location: far }).end();
    });
    await (await egress().request({ url: near, credentials: 'Basic eA==' })).discard();
    expect(seen).toEqual(['Basic eA==', undefined]);
  });

  it.each([
    ['file:///etc/passwd', 'egress-denied'],
    ['http://169.254.169.254/latest', 'egress-denied'],
    ['http://[::ffff:a9fe:a9fe]/latest', 'egress-denied'],
    ['http://registry.example/', 'egress-denied'],
    ['http://user:pass@127.0.0.1/', 'invalid-input'],
    ['http://[', 'invalid-input'],
  ])('checks the hop to %s', async (location, code) => {
    const base = await serve((_request, response) => response.writeHead(302, { location }).end());
    expect((await failure(egress().request({ url: base }))).code).toBe(code);
  });

  it.each([0, 2])('follows at most %i', async (maxRedirects) => {
    let count = 0;
    const base = await serve((_request, response) => response.writeHead(302, { location: `/${++count}` }).end());
    const error = await failure(egress().request({ url: base, maxRedirects }));
    expect([error.code, count]).toEqual(['limit-exceeded', maxRedirects + 1]);
  });

  it.each([
    [301, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [307, 'POST', 'POST', 'data'],
    [308, 'PUT', 'PUT', 'data'],
  ])('%i turns %s into %s', async (status, method, expected, body) => {
    const seen: string[] = [];
    const base = await serve((request, response) => {
      let received = '';
      request.on('data', (chunk: Buffer) => (received += chunk.toString()));
      request.on('end', () => {
        seen.push(`${request.method ?? ''} ${received}`);
        if (request.url === '/') response.writeHead(status, { location: '/next' }).end();
        else response.end();
      });
    });
    const answer = await egress().request({ url: base, method, ...(method === 'HEAD' ? {} : { body: 'data' }) });
    await answer.discard();
    expect(seen[1]).toBe(`${expected} ${body}`);
  });

  it('gives a redirect without a location as the answer it is', async () => {
    const base = await serve((_request, response) => response.writeHead(302).end());
    expect((await egress().request({ url: base })).status).toBe(302);
  });
});

describe('retries', () => {
  it.each([429, 500, 502, 503, 504])('repeats a GET answered with %i', async (status) => {
    let calls = 0;
    const base = await serve((_request, response) => response.writeHead(++calls < 3 ? status : 200).end('done'));
    const answer = await egress().request({ url: base });
    expect([answer.status, calls]).toEqual([200, 3]);
  });

  it('gives the last answer when it stays bad', async () => {
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

  it('waits as long as Retry-After says, and not at all when that is too long', async () => {
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
      setTimeout(() => {
        controller.abort(new Error('enough'));
      }, 20);
    });
    const patient = egress(undefined, { limits: { maxDelayMillis: 60_000 } });
    await expect(patient.request({ url: base, signal: controller.signal })).rejects.toThrow('enough');
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

  it('too many header bytes are refused', async () => {
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

  it('of an unknown authority are refused for good, with what to do', async () => {
    const error = await failure(egress().request({ url }));
    expect(error).toMatchObject({ code: 'egress-denied', retryable: false });
    expect(error.remedy).toContain('NODE_EXTRA_CA_CERTS');
  });

  it('of an unknown authority serve for a host marked insecure', async () => {
    const answer = await egress({ privateNetworks: true, insecureHosts: ['127.0.0.1'] }).request({ url });
    expect(await text(answer)).toBe('secret');
  });
});

it('joins repeated headers and names itself', async () => {
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
  it('takes the request, and names are still checked', async () => {
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
