import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress } from '@clarion/egress';
import type { Image, ImageSource, LayerContent } from '@clarion/model';
import { buildImage, canStartRegistry, file, sha256, startRegistry, type RunningRegistry } from '@clarion/test-kit';
import { openSubmittedImage, parseCredentials } from './submitted-image';

const built = buildImage({ layers: [[file('a', 'a')], [file('b', 'b'.repeat(100_000))]], compression: 'gzip' });
const image: Image = {
  reference: 'app',
  manifestDigest: built.manifestDigest,
  platform: { os: 'linux', architecture: 'amd64' },
  layers: built.layers.map(({ digest, diffId, blob }) => ({ digest, diffId, size: blob.length })),
};
const egress = createEgress({ privateNetworks: true, proxy: {} });
/** Sealing is tested elsewhere; here a sealed text is the reversed text. */
const unsealed = (text: string): string => Buffer.from(text, 'latin1').reverse().toString('latin1');

afterAll(() => egress.close());

async function digestOf(content: LayerContent): Promise<string> {
  if (content.kind !== 'stream') throw new Error(`expected a stream, got ${content.kind}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.stream) chunks.push(chunk);
  return sha256(Buffer.concat(chunks));
}

async function digestsOf(source: ImageSource): Promise<readonly string[]> {
  const opened = openSubmittedImage({ image, source }, { egress, layerEgress: egress, open: unsealed });
  try {
    return [await digestOf(await opened.layer(0)), await digestOf(await opened.layer(1))];
  } finally {
    await opened.close();
  }
}

const suite = canStartRegistry() ? describe : describe.skip;

suite('an image of a registry that asks for credentials', () => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ auth: 'htpasswd' });
    await registry.pushImage('team/app', '1', built);
  });
  afterAll(() => registry.close());

  const source = (credentials: unknown): ImageSource => ({
    kind: 'registry',
    reference: `${registry.host}/team/app@${built.manifestDigest}`,
    credentials: unsealed(JSON.stringify(credentials)),
  });

  it('is read with the credentials of its submission', async () => {
    const { username, password } = registry;
    expect(await digestsOf(source({ username, password }))).toEqual(built.layers.map(({ digest }) => digest));
  });

  it('is not read with others', async () => {
    const other = source({ username: 'alice', password: 'guess' });
    await expect(digestsOf(other)).rejects.toMatchObject({ code: 'unauthorized' });
  });
});

describe('an image whose layers have separate addresses', () => {
  let server: Server;
  let base: string;
  const seen: IncomingHttpHeaders[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push(request.headers);
      response.end(built.layers[Number(request.url?.slice(1))]?.blob);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const source = (headers: Readonly<Record<string, string>>): ImageSource => ({
    kind: 'layer-urls',
    layers: [{ url: `${base}/0`, headers: unsealed(JSON.stringify(headers)) }, { url: `${base}/1` }],
  });

  it('is read with the headers that its caller gave', async () => {
    const digests = await digestsOf(source({ Authorization: 'Bearer abc', 'x-amz-date': '20240101T000000Z' }));
    expect(digests).toEqual(built.layers.map(({ digest }) => digest));
    expect(seen.find((headers) => headers.authorization !== undefined)).toMatchObject({
      authorization: 'Bearer abc',
      'x-amz-date': '20240101T000000Z',
    });
    expect(seen.filter((headers) => headers.authorization !== undefined)).toHaveLength(1);
  });

  it.each([
    ['Host', 'inside.example'],
    ['Cookie', 'session=1'],
    ['Proxy-Authorization', 'Basic abc'],
    ['Transfer-Encoding', 'chunked'],
    ['X-Amz-Date', 'a\r\nHost: inside.example'],
    ['X-Amz-Date', 'a\0'],
    ['__proto__x', 'a'],
  ])('rejects the header %s: %j', async (name, value) => {
    await expect(digestsOf(source({ [name]: value }))).rejects.toMatchObject({ code: 'invalid-input' });
  });
});

describe('submitted images', () => {
  it('cannot be read again when they were uploaded', () => {
    expect(() =>
      openSubmittedImage({ image, source: { kind: 'upload' } }, { egress, layerEgress: egress, open: unsealed }),
    ).toThrow(expect.objectContaining({ code: 'not-found', remedy: 'upload the image again' }) as Error);
  });

  it.each([
    [
      { username: 'a', password: 'b' },
      { kind: 'password', username: 'a', password: 'b' },
    ],
    [{ token: 't' }, { kind: 'registry-token', token: 't' }],
  ])('have credentials as %j', (given, expected) => {
    expect(parseCredentials(JSON.stringify(given))).toEqual(expected);
  });

  it('must not have half of a password', () => {
    expect(() => parseCredentials('{"username":"a"}')).toThrow('neither username and password nor a token');
  });
});
