import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { Log } from '@clarion/model';
import {
  canStartNatsServer,
  feedWork,
  makeCertificates,
  replaceFile,
  startNatsServer,
  until,
  type NatsServer,
} from '@clarion/test-kit';
import { nkeys } from '@nats-io/transport-node';

import { openNatsBus, type NatsBusOptions } from './open-nats-bus';

const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const behaviour = { log, pullMillis: 1000, connectMillis: 3000 };

/** Opens a bus, publishes, and closes it. */
async function use(options: Partial<NatsBusOptions> & { natsUrl: readonly string[] }): Promise<void> {
  const bus = await openNatsBus({ tenant: 'default', ...options }, behaviour);
  await bus.publish([{ event: feedWork('nvd') }]);
  await bus.close();
}

describe('addresses and credentials that make no sense', () => {
  it.each([
    ['no address', { natsUrl: ['nats'] }, 'CLARION_NATS_URL'],
    ['another scheme', { natsUrl: ['http://nats:4222'] }, 'CLARION_NATS_URL'],
    ['credentials in it', { natsUrl: ['nats://alice:s3cret@nats:4222'] }, 'CLARION_NATS_CREDENTIALS'],
    ['no credentials', { natsUrl: ['nats://nats'], natsCredentials: () => 'hunter2' }, '.creds'],
  ])('%s', async (_, options, remedy) => {
    const opening = use(options);
    await expect(opening).rejects.toMatchObject({
      code: 'invalid-input',
      remedy: expect.stringContaining(remedy) as string,
    });
    await expect(opening).rejects.not.toThrow(/s3cret|hunter2/);
  });

  it('reports an address without a server', async () => {
    const opening = openNatsBus({ natsUrl: ['nats://127.0.0.1:1'], tenant: 'a' }, { log, connectMillis: 600 });
    await expect(opening).rejects.toMatchObject({
      code: 'upstream-unavailable',
      message: expect.stringContaining('127.0.0.1:1') as string,
    });
  });
});

const describeWithServer = process.env['NATS_URL'] === undefined && canStartNatsServer() ? describe : describe.skip;

describeWithServer('with a server of its own', () => {
  let server: NatsServer | undefined;
  afterEach(async () => {
    await server?.stop();
  });

  it('authenticates with a token', async () => {
    server = await startNatsServer({ configuration: 'authorization { token: "s3cret-token" }' });
    await use({ natsUrl: [server.url], natsToken: () => 's3cret-token' });
    for (const wrong of [{}, { natsToken: () => 'other-token' }]) {
      const opening = use({ natsUrl: [server.url], ...wrong });
      await expect(opening).rejects.toMatchObject({ code: 'unauthorized' });
      await expect(opening).rejects.not.toThrow('token');
    }
  });

  it('authenticates with an NKEY', async () => {
    const user = nkeys.createUser();
    const seed = new TextDecoder().decode(user.getSeed());
    server = await startNatsServer({
      configuration: `authorization { users: [ { nkey: "${user.getPublicKey()}" } ] }`,
    });
    await use({ natsUrl: [server.url], natsCredentials: () => `${seed}\n` });
    const other = new TextDecoder().decode(nkeys.createUser().getSeed());
    await expect(use({ natsUrl: [server.url], natsCredentials: () => other })).rejects.toMatchObject({
      code: 'unauthorized',
    });
  });

  it('reconnects with the current credentials when the earlier ones are no longer valid', async () => {
    const [before, after] = [nkeys.createUser(), nkeys.createUser()];
    const seedOf = (user: typeof before): string => new TextDecoder().decode(user.getSeed());
    const allow = (user: typeof before): string => `authorization { users: [ { nkey: "${user.getPublicKey()}" } ] }`;
    server = await startNatsServer({ configuration: allow(before) });
    let seed = seedOf(before);
    const options = { natsUrl: [server.url], tenant: 'default', natsCredentials: () => seed };
    const bus = await openNatsBus(options, { ...behaviour, publishMillis: 10_000 });
    // What cannot be used is not used.
    seed = 'not a seed';
    await server.kill();
    await server.start();
    await bus.publish([{ event: feedWork('nvd') }]);
    seed = seedOf(after);
    server.reconfigure(allow(after));
    await bus.publish([{ event: feedWork('epss') }]);
    // A consumer sees a stored message a moment after the publisher does.
    await until('both wait', async () =>
      (await bus.queues()).some((one) => one.kind === 'work.feed' && one.waiting === 2),
    );
    await expect(use({ natsUrl: [server.url], natsCredentials: () => seedOf(before) })).rejects.toThrow();
    await bus.close();
  });

  const itWithOpenssl = spawnSync('openssl', ['version']).error === undefined ? it : it.skip;
  itWithOpenssl('speaks TLS, to servers of its authority only', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'clarion-tls-'));
    const [key, certificate] = [path.join(directory, 'key.pem'), path.join(directory, 'certificate.pem')];
    const subject = ['-subj', '/CN=nats', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    const files = ['-nodes', '-keyout', key, '-out', certificate];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...files, ...subject], { stdio: 'ignore' });
    server = await startNatsServer({ configuration: `tls { cert_file: "${certificate}", key_file: "${key}" }` });
    const natsUrl = [server.url.replace('nats://127.0.0.1', 'tls://localhost')];
    await use({ natsUrl, natsCa: certificate });
    await expect(use({ natsUrl })).rejects.toMatchObject({
      code: 'upstream-unavailable',
      message: expect.stringContaining('self-signed certificate') as string,
    });
    rmSync(directory, { recursive: true });
  });

  itWithOpenssl(
    'follows its certificates: it reconnects with those that are there then, and not with wrong ones',
    async () => {
      const [before, after] = [makeCertificates(), makeCertificates()];
      const requires = ({ ca, server: { certificate, key } }: typeof before): string =>
        `tls { cert_file: "${certificate.path}", key_file: "${key.path}", ca_file: "${ca.path}", verify: true }`;
      server = await startNatsServer({ configuration: requires(before) });
      const { ca, client } = before;
      const notices: string[] = [];
      const bus = await openNatsBus(
        {
          ...{ natsUrl: [server.url.replace('nats://127.0.0.1', 'tls://localhost')], tenant: 'default' },
          ...{ natsCa: ca.path, natsCertificate: client.certificate.path, natsKey: client.key.path },
        },
        { ...behaviour, publishMillis: 30_000, onTls: ({ outcome }) => notices.push(outcome) },
      );
      replaceFile(client.key.path, after.client.key.pem);
      await until('the wrong key is noticed', () => notices.includes('rejected'), { seconds: 20 });
      await server.kill();
      await server.start();
      await bus.publish([{ event: feedWork('nvd') }]);

      replaceFile(client.certificate.path, after.client.certificate.pem);
      replaceFile(ca.path, after.ca.pem);
      await until('the new ones are there', () => notices.lastIndexOf('loaded') > 0, { seconds: 20 });
      await server.kill();
      server.reconfigure(requires(after));
      await server.start();
      await bus.publish([{ event: feedWork('epss') }]);
      await bus.close();
      before.remove();
      after.remove();
    },
  );

  it('reports that there is no JetStream', async () => {
    server = await startNatsServer({
      configuration: 'accounts { plain { users: [ { user: "u", password: "p" } ] } }\nno_auth_user: "u"',
    });
    await expect(use({ natsUrl: [server.url] })).rejects.toMatchObject({
      code: 'unsupported',
      remedy: expect.stringContaining('-js') as string,
    });
  });

  it('reports that replicas need a cluster', async () => {
    server = await startNatsServer();
    await expect(use({ natsUrl: [server.url], natsReplicas: 3 })).rejects.toMatchObject({
      code: 'invalid-input',
      remedy: expect.stringContaining('CLARION_NATS_REPLICAS') as string,
    });
  });

  it('stops publishing at its time limit if the server stays away', async () => {
    server = await startNatsServer();
    const options = { natsUrl: [server.url], tenant: 'default' };
    const bus = await openNatsBus(options, { ...behaviour, publishMillis: 400 });
    await server.kill();
    const publishing = bus.publish([{ event: feedWork('nvd') }]);
    await expect(publishing).rejects.toMatchObject({ code: 'upstream-unavailable' });
    await bus.close();
  });
});
