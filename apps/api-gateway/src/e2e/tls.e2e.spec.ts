import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import { clarionV1 } from '@clarion/proto';
import {
  apiClient,
  buildImage,
  canStartRegistry,
  file,
  makeCertificates,
  startRegistry,
  startServiceInstallation,
  type RunningRegistry,
  type ServiceInstallation,
} from '@clarion/test-kit';
import { ChannelCredentials, Metadata } from '@grpc/grpc-js';

const images = join(__dirname, '../../../../tools/sample/images/debian');
const read = (name: string): string => readFileSync(join(images, name), 'utf8');

(canStartRegistry() ? describe : describe.skip)('mutual TLS (needs docker-registry and openssl)', () => {
  const certificates = makeCertificates();
  // Certificates of an untrusted authority.
  const strangers = makeCertificates();
  let registry: RunningRegistry;
  let installation: ServiceInstallation;
  const image = buildImage({
    layers: [[file('etc/os-release', read('os-release')), file('var/lib/dpkg/status', read('2-curl.status'))]],
    compression: 'gzip',
  });

  beforeAll(async () => {
    registry = await startRegistry({ auth: 'none' });
    await registry.pushImage('team/app', '1', image);
    installation = await startServiceInstallation({ feeds: {}, allowedHosts: [registry.host], tls: certificates });
  }, 240_000);
  afterAll(async () => {
    await installation.stop();
    await registry.close();
    certificates.remove();
    strangers.remove();
  }, 120_000);

  it('is used on all connections from the caller to the detectors', async () => {
    const { api } = installation;
    expect(api.url).toMatch(/^https:/);
    const submitted = await api.call('POST', '/images', { reference: `${registry.host}/team/app:1` });
    expect(submitted.status).toBe(202);
    await api.until(`/images/${image.manifestDigest}?wait=10s`, ({ json }) => json.state === 'indexed');
    const packages = await api.call('GET', `/images/${image.manifestDigest}/packages`);
    expect(packages.json.items.length).toBeGreaterThan(0);
  });

  it('rejects REST callers without a certificate, or with one of another authority', async () => {
    const { url, token } = installation.api;
    const refused = expect.objectContaining({ message: 'fetch failed' }) as Error;
    const stranger = apiClient(url, token, { ca: certificates.ca, client: strangers.client });
    await expect(stranger.call('GET', '/feeds')).rejects.toEqual(refused);
    await expect(apiClient(url.replace('https', 'http'), token).call('GET', '/feeds')).rejects.toEqual(refused);
    // A caller that trusts another authority does not accept the gateway.
    const other = apiClient(url, token, { ca: strangers.ca, client: certificates.client });
    await expect(other.call('GET', '/feeds')).rejects.toEqual(refused);
  });

  const pem = ({ pem: text }: { readonly pem: string }): Buffer => Buffer.from(text);
  const { ca, client } = certificates;
  it.each([
    ['a certificate', ChannelCredentials.createSsl(pem(ca), pem(client.key), pem(client.certificate)), undefined],
    ['none', ChannelCredentials.createSsl(pem(ca)), 14],
    ['plain text', ChannelCredentials.createInsecure(), 14],
  ])('gRPC with %s', async (_, credentials, code) => {
    const stub = new clarionV1.ImageServiceClient(installation.grpcAddress, credentials);
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${installation.api.token}`);
    const deadline = Date.now() + 5000;
    const failed = await new Promise<number | undefined>((resolve) => {
      stub.getImage({ digest: image.manifestDigest, waitSeconds: 0 }, metadata, { deadline }, (error) => {
        resolve(error?.code);
      });
    });
    stub.close();
    expect(failed).toBe(code);
  });

  it('detectors reject callers without a certificate', async () => {
    const port = Number((await installation.process('feature-detector').line('Serving gRPC'))['port']);
    const plain = { address: `127.0.0.1:${port}`, attempts: 1, deadlineMillis: 5000 };
    for (const tls of [undefined, { ca: pem(ca) }]) {
      const stranger = grpcDetectorClient({ ...plain, ...(tls && { tls }) });
      await expect(stranger.list()).rejects.toMatchObject({ code: 'upstream-unavailable' });
      stranger.close();
    }
    const known = { ca: pem(ca), certificate: pem(client.certificate), key: pem(client.key) };
    const caller = grpcDetectorClient({ ...plain, tls: known });
    expect((await caller.list()).length).toBeGreaterThan(0);
    caller.close();
  });
});
