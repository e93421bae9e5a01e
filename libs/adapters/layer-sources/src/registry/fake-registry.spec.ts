import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress, type Egress } from '@clarion/egress';
import { ClarionError, type OpenedImage } from '@clarion/model';
import { buildImage, file, sha256 } from '@clarion/test-kit';
import type { CredentialLookup } from './credential-lookup';
import { createRegistryClient } from './client';
import { registrySource } from './index';

/** What a registry of our own does that the real one cannot be made to do. */
type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;

const image = buildImage({ layers: [[file('a', 'x'.repeat(300_000))]] });
const [layer] = image.layers;
const blob = Buffer.from(layer!.blob);
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

const closing: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A registry with the one image; `special` may answer first. */
function fake(special: Handler = () => false): Promise<string> {
  return serve((request, response) => {
    if (special(request, response)) return;
    const { url = '' } = request;
    if (url.includes('/manifests/')) {
      response.writeHead(200, { 'content-type': manifestType, 'docker-content-digest': image.manifestDigest });
      response.end(image.manifest);
    } else if (url.endsWith(image.configDigest)) response.end(image.config);
    else if (url.endsWith(layer!.digest)) response.writeHead(200, { 'content-length': blob.length }).end(blob);
    else response.writeHead(404).end();
  });
}

function quickEgress(): Egress {
  const egress = createEgress(
    { privateNetworks: true, proxy: {} },
    { limits: { firstDelayMillis: 2, maxDelayMillis: 20, connectMillis: 1000 } },
  );
  closing.push(() => egress.close());
  return egress;
}

async function open(reference: string, lookup: CredentialLookup = {}): Promise<OpenedImage> {
  const source = registrySource({ egress: quickEgress(), credentials: () => Promise.resolve(lookup) });
  return source.open(reference, {});
}

async function failure(promise: Promise<unknown>): Promise<ClarionError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ClarionError)) throw new Error(`expected a ClarionError, got ${String(error)}`);
  return error;
}

async function layerOf(opened: OpenedImage): Promise<Buffer> {
  const content = await opened.layer(0);
  if (content.kind !== 'stream') throw new Error('expected a stream');
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const isBlob = (request: IncomingMessage): boolean => request.url?.endsWith(layer!.digest) ?? false;
const rangeStart = (request: IncomingMessage): number =>
  Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);

describe('blobs', () => {
  it('follow a redirect to another host without Authorization', async () => {
    const seen: (string | undefined)[] = [];
    const storage = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end(blob);
    });
    const host = await fake((request, response) => {
      if (request.headers.authorization === undefined) {
        response.writeHead(401, { 'www-authenticate': 'Basic realm="x, y"' }).end();
        return true;
      }
      if (!isBlob(request)) return false;
      response.writeHead(307, { location: `http://${storage}/signed?x=1` }).end();
      return true;
    });
    const lookup: CredentialLookup = { credentials: { kind: 'password', username: 'a', password: 'b' } };
    expect(sha256(await layerOf(await open(`${host}/team/app`, lookup)))).toBe(layer!.digest);
    expect(seen).toEqual([undefined]);
  });

  it.each<[name: string, ranges: boolean]>([
    ['resume with a range', true],
    ['start again where the server has no ranges', false],
  ])('%s after a broken connection', async (_name, ranges) => {
    const starts: number[] = [];
    const host = await fake((request, response) => {
      if (!isBlob(request)) return false;
      const start = rangeStart(request);
      starts.push(start);
      const from = ranges ? start : 0;
      const status = ranges && start > 0 ? 206 : 200;
      response.writeHead(status, {
        'content-length': blob.length - from,
        ...(status === 206 && { 'content-range': `bytes ${from}-${blob.length - 1}/${blob.length}` }),
      });
      if (starts.length > 2) response.end(blob.subarray(from));
      else
        response.write(blob.subarray(from, from + 100_000), () => {
          request.socket.destroySoon();
        });
      return true;
    });
    expect(sha256(await layerOf(await open(`${host}/team/app`)))).toBe(layer!.digest);
    expect(starts[0]).toBe(0);
    expect(starts.at(-1)).toBeGreaterThan(0);
  });

  it('are requested from the registry again, so that an expired address is renewed', async () => {
    let hits = 0;
    const storage = await serve((request, response) => {
      const start = rangeStart(request);
      if (request.url === '/1' && start > 0) response.writeHead(403).end();
      else if (start === 0) {
        response.writeHead(200, { 'content-length': blob.length });
        response.write(blob.subarray(0, 1000), () => {
          request.socket.destroySoon();
        });
      } else {
        response.writeHead(206, { 'content-range': `bytes ${start}-${blob.length - 1}/${blob.length}` });
        response.end(blob.subarray(start));
      }
    });
    const host = await fake((request, response) => {
      if (!isBlob(request)) return false;
      response.writeHead(307, { location: `http://${storage}/${++hits}` }).end();
      return true;
    });
    expect(sha256(await layerOf(await open(`${host}/team/app`)))).toBe(layer!.digest);
    expect(hits).toBe(2);
  });

  it.each<[name: string, answer: (response: ServerResponse) => void, code: string]>([
    ['missing', (response) => response.writeHead(404).end(), 'not-found'],
    ['larger than declared', (response) => response.end(Buffer.alloc(blob.length + 1)), 'corrupt-data'],
    ['forbidden', (response) => response.writeHead(403).end(), 'unauthorized'],
    ['always failing', (response) => response.writeHead(500).end(), 'upstream-unavailable'],
  ])(
    '%s',
    async (_name, answer, code) => {
      const host = await fake((request, response) => {
        if (isBlob(request)) answer(response);
        return isBlob(request);
      });
      const opened = await open(`${host}/team/app`);
      expect((await failure(layerOf(opened))).code).toBe(code);
    },
    20_000,
  );

  it.each([
    ['beyond what was asked for', 206, { 'content-range': `bytes 2000-${blob.length - 1}/${blob.length}` }],
    ['that is not stated', 206, {}],
    ['that cannot be', 416, {}],
  ])('a range %s is rejected', async (_name, status, headers) => {
    const host = await fake((request, response) => {
      if (!isBlob(request)) return false;
      if (rangeStart(request) > 0) response.writeHead(status, headers).end(blob.subarray(2000));
      else {
        response.writeHead(200, { 'content-length': blob.length });
        response.write(blob.subarray(0, 1000), () => {
          request.socket.destroySoon();
        });
      }
      return true;
    });
    expect((await failure(layerOf(await open(`${host}/team/app`)))).code).toBe('corrupt-data');
  });
});

describe('manifests', () => {
  const answering =
    (body: Uint8Array | string, headers: Record<string, string> = {}): Handler =>
    (request, response) => {
      if (request.url?.includes('/manifests/') !== true) return false;
      response.writeHead(200, headers).end(body);
      return true;
    };

  it.each<[name: string, handler: Handler, code: string]>([
    [
      'another digest than stated',
      answering(image.manifest, { 'docker-content-digest': layer!.digest }),
      'digest-mismatch',
    ],
    ['over 4 MiB', answering(Buffer.alloc(4 * 1024 * 1024 + 1, ' ')), 'limit-exceeded'],
    [
      'schema 1 by its type',
      answering('{}', { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' }),
      'unsupported',
    ],
    ['schema 1 by its content', answering('{"schemaVersion":1,"fsLayers":[]}'), 'unsupported'],
    ['not JSON', answering('<html>'), 'corrupt-data'],
    ['a list', answering('[]'), 'corrupt-data'],
  ])('%s', async (_name, handler, code) => {
    expect((await failure(open(`${await fake(handler)}/team/app`))).code).toBe(code);
  });

  it('another digest than requested', async () => {
    expect((await failure(open(`${await fake()}/team/app@${layer!.digest}`))).code).toBe('digest-mismatch');
  });

  it('without a stated digest, the computed one counts', async () => {
    const opened = await open(
      `${await fake(answering(image.manifest, { 'docker-content-digest': 'md5:1' }))}/team/app`,
    );
    expect(opened.image.manifestDigest).toBe(image.manifestDigest);
  });

  it('a rate limit that does not pass', async () => {
    let calls = 0;
    const host = await fake((request, response) => {
      if (request.url?.includes('/manifests/') === true) calls++;
      response.writeHead(429, { 'retry-after': '0' }).end();
      return true;
    });
    const error = await failure(open(`${host}/team/app`));
    expect([error.code, error.retryable, calls]).toEqual(['upstream-unavailable', true, 4]);
    expect(error.remedy).toContain('rate limit');
  });
});

describe('token services', () => {
  const password: CredentialLookup = { credentials: { kind: 'password', username: 'alice', password: 's3cret' } };

  function challenging(realm: string): Promise<string> {
    return fake((request, response) => {
      if (request.headers.authorization === 'Bearer good') return false;
      response.writeHead(401, { 'www-authenticate': `Basic realm="b", Bearer realm="${realm}",service="a,b"` }).end();
      return true;
    });
  }

  it('bearer is preferred; access_token works as well as token', async () => {
    const seen: (string | undefined)[] = [];
    const issuer = await serve((request, response) => {
      seen.push(request.headers.authorization, request.url);
      response.end('{"access_token":"good"}');
    });
    await open(`${await challenging(`http://${issuer}/t?a=1`)}/team/app`, password);
    const basic = `Basic ${Buffer.from('alice:s3cret').toString('base64')}`;
    expect(seen).toEqual([basic, '/t?a=1&service=a%2Cb&scope=repository%3Ateam%2Fapp%3Apull']);
  });

  it('no credentials for a realm on a foreign host', async () => {
    const seen: (string | undefined)[] = [];
    const issuer = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{"token":"good"}');
    });
    const host = await challenging(`http://localhost:${issuer.split(':')[1] ?? ''}/t`);
    await open(`${host}/team/app`, password);
    expect(seen).toEqual([undefined]);
  });

  it.each<[name: string, realm: string, code: string]>([
    ['no URL', 'token', 'corrupt-data'],
    ['a metadata address', 'http://169.254.169.254/token', 'egress-denied'],
    ['plain http elsewhere', 'http://auth.example/token', 'egress-denied'],
    ['a file', 'file:///etc/passwd', 'egress-denied'],
  ])('a realm that is %s', async (_name, realm, code) => {
    expect((await failure(open(`${await challenging(realm)}/team/app`, password))).code).toBe(code);
  });

  it.each<[name: string, status: number, body: string, code: string]>([
    ['no token', 200, '{}', 'corrupt-data'],
    ['a token with a line break', 200, '{"token":"a\\nb"}', 'corrupt-data'],
    ['no JSON', 200, 'oops', 'corrupt-data'],
    ['too much', 200, ' '.repeat(1024 * 1024 + 1), 'limit-exceeded'],
    ['401', 401, '', 'unauthorized'],
    ['a failure', 500, '', 'upstream-unavailable'],
    ['a token the registry does not take', 200, '{"token":"bad"}', 'unauthorized'],
  ])('that answer with %s', async (_name, status, body, code) => {
    const issuer = await serve((_request, response) => response.writeHead(status).end(body));
    expect((await failure(open(`${await challenging(`http://${issuer}/t`)}/team/app`, password))).code).toBe(code);
  });

  it('a token that expires while layers are read is renewed', async () => {
    let issued = 0;
    const issuer = await serve((_request, response) => response.end(JSON.stringify({ token: `t${++issued}` })));
    let blobs = 0;
    const host = await fake((request, response) => {
      if (isBlob(request)) blobs++;
      const expected = blobs > 1 ? 'Bearer t2' : 'Bearer t1';
      if (request.headers.authorization === expected) return false;
      response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${issuer}/t"` }).end();
      return true;
    });
    const opened = await open(`${host}/team/app`);
    expect(await layerOf(opened)).toHaveLength(blob.length);
    expect(await layerOf(opened)).toHaveLength(blob.length);
    expect(issued).toBe(2);
  });
});

describe('hosts', () => {
  it('plain http elsewhere than on loopback needs the flag', async () => {
    const resolve = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const host = (await fake()).replace('127.0.0.1', 'registry.example');
    const guarded = (insecureHosts: string[]): Egress => {
      const egress = createEgress(
        { privateNetworks: true, proxy: {}, insecureHosts },
        { resolve, limits: { retries: 0 } },
      );
      closing.push(() => egress.close());
      return egress;
    };
    const plain = registrySource({ egress: guarded([]), credentials: () => Promise.resolve({}) });
    expect((await failure(plain.open(`${host}/team/app`, {}))).code).toBe('upstream-unavailable');
    const marked = registrySource({
      egress: guarded(['registry.example']),
      insecure: true,
      credentials: () => Promise.resolve({}),
    });
    expect((await marked.open(`${host}/team/app`, {})).image.manifestDigest).toBe(image.manifestDigest);
  });

  it('a host that speaks plain http is not offered TLS for each image', async () => {
    let offers = 0;
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': manifestType }).end(image.manifest);
    });
    server.on('clientError', (_error, socket) => {
      offers += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const reference = { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, repository: 'team/app' };
    const [egress, other] = [quickEgress(), quickEgress()];
    for (const one of [egress, egress, egress, other]) {
      const credentials = (): Promise<CredentialLookup> => Promise.resolve({});
      const client = createRegistryClient({ egress: one, reference, insecure: false, credentials });
      await (await client.get({ path: 'manifests/latest' })).bytes();
    }
    expect(offers).toBe(2);
  });

  it('creates and closes its own egress, and reads the Docker configuration, by default', async () => {
    const opened = await registrySource({ userAgent: 'clarion/test' }).open(`${await fake()}/team/app`, {});
    expect(await layerOf(opened)).toHaveLength(blob.length);
    await opened.close();
  });

  it('stops when aborted', async () => {
    const source = registrySource({ egress: quickEgress() });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(source.open(`${await fake()}/team/app`, { signal })).rejects.toThrow('enough');
  });
});
