import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import { clarionV1 } from '@clarion/proto';
import {
  apiClient,
  buildImage,
  type BuiltImage,
  canStartRegistry,
  file,
  makeCertificates,
  startRegistry,
  startServiceInstallation,
  type RunningRegistry,
  replaceFile,
  type ServiceInstallation,
  type ServiceName,
  until,
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
  const [second, third] = ['two', 'three'].map((name) =>
    buildImage({ layers: [[file('etc/os-release', read('os-release')), file(name, name)]], compression: 'gzip' }),
  ) as [BuiltImage, BuiltImage];

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
    const use = 'detectors';
    const authority = { use, ca: { text: ca.pem } };
    for (const tls of [undefined, authority]) {
      const stranger = grpcDetectorClient({ ...plain, ...(tls && { tls }) });
      await expect(stranger.list()).rejects.toMatchObject({ code: 'upstream-unavailable' });
      stranger.close();
    }
    const known = { ...authority, certificate: { text: client.certificate.pem }, key: { text: client.key.pem } };
    const caller = grpcDetectorClient({ ...plain, tls: known });
    expect((await caller.list()).length).toBeGreaterThan(0);
    caller.close();
  });

  /** The serial number of the certificate that a server has for a new connection. */
  const serialAt = (port: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const trusted = { ca: ca.pem, cert: client.certificate.pem, key: client.key.pem };
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ...trusted }, () => {
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
      socket.once('error', reject);
    });
  const reloads = async (name: ServiceName, use: string, outcome: string): Promise<number> =>
    (await installation.metrics(name)).get(`clarion_tls_reloads_total{use="${use}",outcome="${outcome}"}`) ?? 0;

  it('follows new certificates while it runs, on REST, on gRPC, and between services', async () => {
    const detectorPort = Number((await installation.process('feature-detector').line('Serving gRPC'))['port']);
    const ports = [new URL(installation.api.url).port, installation.grpcAddress.split(':')[1]].map(Number);
    const servers = [...ports, detectorPort];
    const before = await Promise.all(servers.map(serialAt));
    expect(new Set(before).size).toBe(1);

    // A key without its certificate: nothing changes, and it is reported.
    const key = certificates.server.key.pem;
    replaceFile(certificates.server.key.path, strangers.server.key.pem);
    await until('it is rejected', async () => (await reloads('api-gateway', 'serving', 'rejected')) > 0, {
      seconds: 30,
    });
    await installation.process('api-gateway').line('New certificates cannot be used; those of before are still used');
    expect(await Promise.all(servers.map(serialAt))).toEqual(before);
    replaceFile(certificates.server.key.path, key);

    certificates.renew();
    await until('all use the new one', async () => {
      const now = await Promise.all(servers.map(serialAt));
      return now.every((serial) => !before.includes(serial));
    });
    const clients: readonly ServiceName[] = ['api-gateway', 'layer-extractor'];
    await until('clients use theirs', async () => {
      const loaded = await Promise.all(clients.map((name) => reloads(name, 'detectors', 'loaded')));
      return loaded.every((count) => count > 0);
    });
    // Detectors that start again have no connection of before.
    await installation.restart('feature-detector');
    await registry.pushImage('team/app', '2', second);
    const submitted = await installation.api.call('POST', '/images', { reference: `${registry.host}/team/app:2` });
    expect(submitted.status).toBe(202);
    await installation.api.until(`/images/${second.manifestDigest}?wait=10s`, ({ json }) => json.state === 'indexed');
    const scraped = await installation.metrics('api-gateway');
    expect(scraped.get('clarion_tls_certificate_expiry_timestamp_seconds{use="serving"}')).toBeGreaterThan(
      Date.now() / 1000,
    );
  }, 120_000);

  it('follows a change of the authority: both for a while, then only the new one', async () => {
    const before = certificates.ca.pem;
    const bothTrusted = (): void => {
      replaceFile(certificates.ca.path, `${before}${strangers.ca.pem}`);
    };
    const restPort = Number(new URL(installation.api.url).port);
    const count = await reloads('api-gateway', 'serving', 'loaded');
    bothTrusted();
    await until('both are trusted', async () => (await reloads('api-gateway', 'serving', 'loaded')) > count);
    const stranger = apiClient(installation.api.url, installation.api.token, { ca, client: strangers.client });
    expect((await stranger.call('GET', '/feeds')).status).toBe(200);
    const [cert, key] = [client.certificate.pem, client.key.pem];
    for (const name of ['server', 'client'] as const) {
      replaceFile(certificates[name].certificate.path, strangers[name].certificate.pem);
      replaceFile(certificates[name].key.path, strangers[name].key.pem);
    }
    replaceFile(certificates.ca.path, strangers.ca.pem);
    const refuses = (): Promise<boolean> =>
      new Promise((resolve) => {
        const trusted = { ca: [before, strangers.ca.pem], cert, key };
        const socket = connect({ port: restPort, host: '127.0.0.1', servername: 'localhost', ...trusted }, () => {
          // With TLS 1.3 a client learns of it when it reads.
          socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
        });
        socket.once('data', () => {
          socket.destroy();
          resolve(false);
        });
        // Closed without a word, or with an alert.
        socket.once('close', () => {
          resolve(true);
        });
        socket.once('error', () => {
          resolve(true);
        });
      });
    await until('those of the former authority are refused', refuses);
    await registry.pushImage('team/app', '3', third);
    const submitted = await stranger.call('POST', '/images', { reference: `${registry.host}/team/app:3` });
    expect(submitted.status).toBe(202);
    await stranger.until(`/images/${third.manifestDigest}?wait=10s`, ({ json }) => json.state === 'indexed');
  }, 120_000);
});
