import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { clarionV1 } from '@clarion/proto';
import { apiClient, bundleApps, makeCertificates, startServiceProcess, until } from '@clarion/test-kit';
import { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { temporaryFolder } from '../../testing/run-clarion';

const folder = temporaryFolder();
const certificates = makeCertificates();

afterAll(() => {
  certificates.remove();
  folder.remove();
});

it('serve follows its certificate while it runs, for REST and gRPC on one port', async () => {
  bundleApps('cli');
  const { ca, server, client } = certificates;
  const variables = {
    CLARION_TLS_CERTIFICATE_FILE: server.certificate.path,
    CLARION_TLS_KEY_FILE: server.key.path,
    CLARION_TLS_CLIENT_CA_FILE: ca.path,
  };
  const listen = ['--listen', '127.0.0.1:0', '--introspection-port', '0', '--no-updates'];
  const serving = startServiceProcess('cli', variables, ['serve', '--db', folder.path, ...listen]);
  await serving.line('Started');
  const url = new URL(/https:\/\/[\d.]+:\d+/.exec(serving.errors())?.[0] ?? '');
  const token = readFileSync(join(folder.path, 'administrator-token'), 'utf8').trim();
  const serial = (): Promise<string> =>
    new Promise((resolve, reject) => {
      // As curl offers them: REST speaks HTTP/1.1.
      const ALPNProtocols = ['h2', 'http/1.1'];
      const own = { ca: ca.pem, cert: client.certificate.pem, key: client.key.pem, ALPNProtocols };
      const socket = connect({ port: Number(url.port), host: url.hostname, servername: 'localhost', ...own }, () => {
        expect(socket.alpnProtocol).toBe('http/1.1');
        resolve(socket.getPeerCertificate().serialNumber);
        socket.destroy();
      });
      socket.once('error', reject);
    });
  const pem = (name: keyof typeof client): Buffer => Buffer.from(client[name].pem);
  const feeds = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const credentials = ChannelCredentials.createSsl(Buffer.from(ca.pem), pem('key'), pem('certificate'));
      const stub = new clarionV1.FeedServiceClient(url.host, credentials);
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${token}`);
      stub.listFeeds({}, metadata, (error, answer) => {
        stub.close();
        if (error === null) resolve(answer.feeds.length);
        else reject(error);
      });
    });
  try {
    const before = await serial();
    certificates.renew();
    await until('the new one is served', async () => (await serial()) !== before, { seconds: 20 });
    const api = apiClient(url.href.slice(0, -1), token, { ca, client });
    expect((await api.call('GET', '/feeds')).json.items).toHaveLength(await feeds());
    expect(serving.lines.map(({ msg }) => msg)).toContain('Certificates were read again');
  } finally {
    serving.kill('SIGTERM');
  }
  expect(await serving.ended).toBe(0);
}, 60_000);
