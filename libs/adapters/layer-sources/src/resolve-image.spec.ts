import type { ClarionError } from '@clarion/model';
import { createEgress } from '@clarion/egress';
import { buildImage, canStartRegistry, file, startRegistry, type RunningRegistry } from '@clarion/test-kit';
import { resolveImage } from './resolve-image';

const built = buildImage({ layers: [[file('etc/os-release', 'ID=debian')]], compression: 'gzip' });
const egress = createEgress({ privateNetworks: true, proxy: {} });
const strict = createEgress({ proxy: {} });

afterAll(async () => {
  await Promise.all([egress.close(), strict.close()]);
});

const suite = canStartRegistry() ? describe : describe.skip;

suite('resolving a reference', () => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ auth: 'htpasswd' });
    await registry.pushImage('team/app', '1', built);
  });
  afterAll(() => registry.close());

  const credentials = () => ({ kind: 'password', username: registry.username, password: registry.password }) as const;

  it.each([
    ['a tag', '/team/app:1', '/team/app:1'],
    ['a prefix', '/team/app:1', '/team/app:1', 'registry:'],
    ['a digest', `/team/app@${built.manifestDigest}`, `/team/app@${built.manifestDigest}`],
    // The tag was not resolved, so it must not be used alone.
    ['a tag and a digest', `/team/app:1@${built.manifestDigest}`, `/team/app:1@${built.manifestDigest}`],
  ])('by %s names the manifest by digest', async (_what, path, name, prefix = '') => {
    const resolved = await resolveImage(`${prefix}${registry.host}${path}`, { egress, credentials: credentials() });
    expect(resolved).toMatchObject({
      pinned: `${registry.host}/team/app@${built.manifestDigest}`,
      name: `${registry.host}${name}`,
      insecure: false,
      image: {
        reference: `${registry.host}${path}`,
        manifestDigest: built.manifestDigest,
        layers: [{ digest: built.layers[0]?.digest, diffId: built.layers[0]?.diffId }],
      },
    });
  });

  it('uses the credentials of the service if the caller has none', async () => {
    const ownCredentials = (host: string) =>
      Promise.resolve(host === registry.host ? { credentials: credentials() } : {});
    const resolved = await resolveImage(`${registry.host}/team/app:1`, { egress, ownCredentials });
    expect(resolved.image.manifestDigest).toBe(built.manifestDigest);
  });

  it.each([
    ['without credentials', '/team/app:1', 'unauthorized', () => ({ egress })],
    [
      'with wrong ones, although the service has right ones',
      '/team/app:1',
      'unauthorized',
      () => ({
        egress,
        credentials: { kind: 'password', username: 'alice', password: 'guess' } as const,
        ownCredentials: () => Promise.resolve({ credentials: credentials() }),
      }),
    ],
    ['of an unknown tag', '/team/app:2', 'not-found', () => ({ egress, credentials: credentials() })],
    ['through the strict guard', '/team/app:1', 'egress-denied', () => ({ egress: strict })],
  ])('%s is rejected', async (_what, path, code, options) => {
    await expect(resolveImage(`${registry.host}${path}`, options())).rejects.toMatchObject({ code });
  });

  it('the remedy is suitable for the client of a service, which cannot log in on its machine', async () => {
    const guessed = { kind: 'password', username: 'alice', password: 'guess' } as const;
    const remedyOf = (options: object): Promise<unknown> =>
      resolveImage(`${registry.host}/team/app:1`, { egress, ...options }).catch(
        (error: unknown) => (error as ClarionError).remedy,
      );
    expect(await remedyOf({})).toContain('send "credentials"');
    expect(await remedyOf({ credentials: guessed })).toContain('credentials of this request');
  });

  it('reports that plain http was allowed for its registry', async () => {
    const options = { egress, credentials: credentials(), insecureRegistries: ['other.example', registry.host] };
    expect(await resolveImage(`${registry.host}/team/app:1`, options)).toMatchObject({ insecure: true });
  });
});

describe('invalid references', () => {
  it.each(['', '/etc/passwd', '../app', 'docker-archive:app.tar', 'dir:/', 'host:99999/app:1', 'a'.repeat(2000)])(
    '%p is rejected without access to this machine or the network',
    async (text) => {
      await expect(resolveImage(text, { egress: strict })).rejects.toMatchObject({ code: 'invalid-input' });
    },
  );
});
