import { buildImage, canStartRegistry, file, sha256, startRegistry, type RunningRegistry } from '@clarion/test-kit';
import type { LayerContent, OpenedImage } from '@clarion/model';
import { registrySource } from './index';
import type { CredentialLookup } from './credential-lookup';

const suite = canStartRegistry() ? describe : describe.skip;

const image = buildImage({
  layers: [[file('etc/a', 'a')], [file('etc/b', 'b'.repeat(100_000))]],
  compression: 'gzip',
  history: [{ created_by: 'ADD rootfs' }, { created_by: 'ENV x', empty_layer: true }, { created_by: 'RUN make' }],
});
const arm = buildImage({
  layers: [[file('etc/arm', 'arm')]],
  platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
});

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

async function contentOf(content: LayerContent): Promise<Buffer> {
  if (content.kind !== 'stream') throw new Error(`a registry gives streams, not ${content.kind}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const opened: OpenedImage[] = [];

async function open(
  registry: RunningRegistry,
  name: string,
  lookup: CredentialLookup = {},
  platform?: { os: string; architecture: string },
): Promise<OpenedImage> {
  const source = registrySource({ credentials: () => Promise.resolve(lookup) });
  const found = await source.open(`${registry.host}/${name}`, platform === undefined ? {} : { platform });
  opened.push(found);
  return found;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const alice: CredentialLookup = { credentials: { kind: 'password', username: 'alice', password: 's3cret' } };
const mallory: CredentialLookup = { credentials: { kind: 'password', username: 'alice', password: 'guess' } };

suite('the Distribution registry (needs docker-registry and openssl)', () => {
  describe('without authentication', () => {
    let registry: RunningRegistry;
    beforeAll(async () => {
      registry = await startRegistry({ auth: 'none' });
      await registry.pushImage('team/app', '1', image);
      await registry.pushImage('team/app', '2', arm);
      await registry.pushImage('team/multi', 'amd64', image);
      await registry.pushImage('team/multi', 'arm64', arm);
    });
    afterAll(() => registry.close());

    it('opens an image by tag, layers and all', async () => {
      const found = await open(registry, 'team/app:1');
      expect(found.image).toEqual({
        reference: `${registry.host}/team/app:1`,
        manifestDigest: image.manifestDigest,
        platform: { os: 'linux', architecture: 'amd64' },
        layers: image.layers.map((layer, index) => ({
          diffId: layer.diffId,
          digest: layer.digest,
          size: layer.blob.length,
          mediaType: layer.mediaType,
          createdBy: ['ADD rootfs', 'RUN make'][index],
        })),
      });
      for (const [index, layer] of image.layers.entries()) {
        expect(sha256(await contentOf(await found.layer(index)))).toBe(layer.digest);
      }
      expect(sha256(await contentOf(await found.layer(0)))).toBe(image.layers[0]!.digest);
    });

    it('opens an image by digest', async () => {
      const found = await open(registry, `team/app@${arm.manifestDigest}`);
      expect(found.image.manifestDigest).toBe(arm.manifestDigest);
      expect(found.image.platform).toEqual(arm.platform);
    });

    it.each([
      ['application/vnd.oci.image.index.v1+json', 'oci'],
      ['application/vnd.docker.distribution.manifest.list.v2+json', 'docker'],
    ])('chooses a platform from %s', async (mediaType, tag) => {
      const manifests = [image, arm].map((one) => ({
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: one.manifestDigest,
        size: one.manifest.length,
        platform: one.platform,
      }));
      const bytes = json({ schemaVersion: 2, mediaType, manifests });
      await registry.pushManifest('team/multi', tag, { bytes, mediaType });
      expect((await open(registry, `team/multi:${tag}`)).image.manifestDigest).toBe(image.manifestDigest);
      const arm64 = { os: 'linux', architecture: 'arm64' };
      expect((await open(registry, `team/multi:${tag}`, {}, arm64)).image.manifestDigest).toBe(arm.manifestDigest);
      const s390x = open(registry, `team/multi:${tag}`, {}, { os: 'linux', architecture: 's390x' });
      await expect(s390x).rejects.toMatchObject({
        code: 'not-found',
        remedy: 'choose with --platform one of: linux/amd64, linux/arm64/v8',
      });
    });

    it('a Docker schema 2 manifest', async () => {
      const bytes = json({
        schemaVersion: 2,
        mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
        config: {
          mediaType: 'application/vnd.docker.container.image.v1+json',
          digest: image.configDigest,
          size: image.config.length,
        },
        layers: image.layers.map((layer) => ({
          mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
          digest: layer.digest,
          size: layer.blob.length,
        })),
      });
      const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
      await registry.pushManifest('team/app', 'schema2', { bytes, mediaType });
      expect((await open(registry, 'team/app:schema2')).image.manifestDigest).toBe(sha256(bytes));
    });

    it('an artifact is rejected', async () => {
      const config = json({});
      await registry.pushBlob('team/art', config);
      const bytes = json({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: 'application/spdx+json',
        config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: sha256(config), size: config.length },
        layers: [{ mediaType: 'application/spdx+json', digest: sha256(config), size: config.length }],
      });
      await registry.pushManifest('team/art', '1', {
        bytes,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
      });
      const error = { code: 'unsupported', message: expect.stringContaining('application/spdx+json') as string };
      await expect(open(registry, 'team/art:1')).rejects.toMatchObject(error);
    });

    it('an unknown tag: the tags there are', async () => {
      const error = { code: 'not-found', remedy: 'tags there are: 1, 2' };
      const fresh = await startRegistry({ auth: 'none' });
      await fresh.pushImage('team/app', '1', arm);
      await fresh.pushImage('team/app', '2', arm);
      await expect(open(fresh, 'team/app:9')).rejects.toMatchObject(error);
      await expect(open(fresh, 'team/nothing')).rejects.toMatchObject({
        code: 'not-found',
        remedy: 'check its spelling',
      });
      await fresh.close();
    });
  });

  describe('with htpasswd', () => {
    let registry: RunningRegistry;
    beforeAll(async () => {
      registry = await startRegistry({ auth: 'htpasswd' });
      await registry.pushImage('team/app', '1', image);
    });
    afterAll(() => registry.close());

    it('reads with the right password', async () => {
      const found = await open(registry, 'team/app:1', alice);
      expect(sha256(await contentOf(await found.layer(1)))).toBe(image.layers[1]!.digest);
    });

    it.each<[name: string, lookup: CredentialLookup, remedy: string]>([
      ['none', {}, 'docker login'],
      ['wrong ones', mallory, 'may pull it'],
      ['a helper that failed', { note: 'docker-credential-x is not installed' }, 'docker login'],
    ])('is rejected with credentials: %s', async (_name, lookup, remedy) => {
      const error = { code: 'unauthorized', remedy: expect.stringContaining(remedy) as string };
      await expect(open(registry, 'team/app:1', lookup)).rejects.toMatchObject(error);
      if (lookup.note !== undefined) await expect(open(registry, 'team/app:1', lookup)).rejects.toThrow(lookup.note);
    });
  });

  describe('with tokens', () => {
    let registry: RunningRegistry;
    beforeAll(async () => {
      registry = await startRegistry({ auth: 'token' });
      await registry.pushImage('team/app', '1', image);
    });
    afterAll(() => registry.close());

    it.each<[name: string, lookup: CredentialLookup, method: string]>([
      ['a password', alice, 'GET '],
      ['an identity token', { credentials: { kind: 'identity-token', token: 'identity-of-alice' } }, 'POST '],
    ])('reads with %s, one token for all requests', async (_name, lookup, method) => {
      const before = registry.tokenRequests.length;
      const found = await open(registry, 'team/app:1', lookup);
      expect(sha256(await contentOf(await found.layer(1)))).toBe(image.layers[1]!.digest);
      const asked = registry.tokenRequests.slice(before);
      expect(asked).toHaveLength(1);
      expect(asked[0]).toContain(method);
      expect(new URLSearchParams(asked[0]!.slice(method.length)).get('scope')).toBe('repository:team/app:pull');
      expect(new URLSearchParams(asked[0]!.slice(method.length)).get('service')).toBe('test-registry');
    });

    it.each<[name: string, lookup: CredentialLookup]>([
      ['none', {}],
      ['wrong ones', mallory],
      ['an identity token nobody knows', { credentials: { kind: 'identity-token', token: 'guess' } }],
      ['a registry token nobody signed', { credentials: { kind: 'registry-token', token: 'guess' } }],
    ])('is rejected with credentials: %s', async (_name, lookup) => {
      await expect(open(registry, 'team/app:1', lookup)).rejects.toMatchObject({ code: 'unauthorized' });
    });
  });
});
