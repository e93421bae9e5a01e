import { closing, egress, failure, serve, text } from '../testing/loopback';

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('redirects', () => {
  it('follows them and drops credentials and custom headers on another origin', async () => {
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

  it('does not send credentials again after a detour over another origin', async () => {
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

  it('returns a redirect without a location unchanged', async () => {
    const base = await serve((_request, response) => response.writeHead(302).end());
    expect((await egress().request({ url: base })).status).toBe(302);
  });

  it.each([
    ['an inside address', '10.0.0.5', 4],
    ['the metadata service', '169.254.169.254', 4],
    ['loopback in IPv6', '::1', 6],
  ])('to a name of %s is denied, whatever the first hop was', async (_what, address, family) => {
    const base = await serve((_request, response) =>
      response.writeHead(302, { location: 'https://inside.example/' }).end(),
    );
    const lookups: string[] = [];
    const resolve = (name: string) => {
      lookups.push(name);
      return Promise.resolve([{ address, family }]);
    };
    const guarded = egress({ allowedNetworks: ['127.0.0.1'] }, { resolve });
    expect((await failure(guarded.request({ url: base }))).code).toBe('egress-denied');
    expect(lookups).toEqual(['inside.example']);
  });

  it('to the same name are looked up and checked again', async () => {
    let hits = 0;
    const base = await serve((_request, response) => {
      hits += 1;
      response.writeHead(302, { location: '/again', connection: 'close' }).end();
    });
    const answers = ['127.0.0.1', '10.0.0.5'];
    let lookups = 0;
    const resolve = () => Promise.resolve([{ address: answers[Math.min(lookups++, 1)]!, family: 4 }]);
    const guarded = egress({ allowedNetworks: ['127.0.0.1'], insecureHosts: ['*'] }, { resolve });
    const error = await failure(guarded.request({ url: base.replace('127.0.0.1', 'rebinding.example') }));
    expect([error.code, hits]).toEqual(['egress-denied', 1]);
  });
});
