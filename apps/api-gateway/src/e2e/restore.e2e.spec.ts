import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  buildImage,
  canStartRegistry,
  type FeedServer,
  file,
  type FilledInstallation,
  fillInstallation,
  installationAnswers,
  type RunningRegistry,
  type ServiceInstallation,
  startFeedServer,
  startRegistry,
  startServiceInstallation,
  startWebhookReceiver,
  until,
  type WebhookReceiver,
} from '@clarion/test-kit';

// The database is all that six services need: restored into an empty MongoDB, with an empty NATS, nothing is lost.

const root = join(__dirname, '..', '..', '..', '..');
const sample = (path: string): string => readFileSync(join(root, 'tools/sample', path), 'utf8');
const imagesOf = ({ findings }: FilledInstallation) =>
  Object.keys(findings).map((manifestDigest) => ({ manifestDigest }));

(canStartRegistry() ? describe : describe.skip)('a dump of the database (needs docker-registry)', () => {
  let feeds: FeedServer;
  let registry: RunningRegistry;
  let receiver: WebhookReceiver;
  let installation: ServiceInstallation | undefined;
  const sealingKey = randomBytes(32).toString('base64');

  beforeAll(async () => {
    [feeds, registry, receiver] = [
      await startFeedServer(),
      await startRegistry({ auth: 'none' }),
      await startWebhookReceiver(),
    ];
  });
  afterEach(async () => {
    await installation?.stop();
    installation = undefined;
  });
  afterAll(async () => {
    await Promise.all([feeds.close(), registry.close(), receiver.close()]);
  });

  async function start(database?: readonly string[], config?: unknown, key = sealingKey) {
    const ids = ['debian-security-tracker', 'epss', 'cisa-kev'];
    const urls = Object.fromEntries(ids.map((id) => [id, `${feeds.url}${id}/`]));
    const hosts = [new URL(feeds.url).host, registry.host, receiver.host, '127.0.0.1:1'];
    installation = await startServiceInstallation({
      feeds: config ?? { urls, disable: ['nvd'] },
      allowedHosts: hosts,
      ...(database && { database }),
      variables: {
        CLARION_SEALING_KEYS: key,
        CLARION_EGRESS_INSECURE_HOSTS: hosts.join(','),
        CLARION_RECONCILE: '1s',
        CLARION_SCHEDULE_EVERY: '1s',
      },
    });
    return installation;
  }

  it('has reports, history, endpoints and their secrets, and the images that still waited', async () => {
    const first = await start();
    const { api } = first;
    const files = {
      tracker: sample('feeds/debian-security-tracker/json'),
      osRelease: sample('images/debian/os-release'),
      status: sample('images/debian/2-curl.status'),
    };
    const filled = await fillInstallation({ api, feeds, registry, receiver, files });
    // Accepted, and in nothing but the database and NATS.
    first.process('layer-extractor').kill('SIGKILL');
    const waiting = buildImage({ layers: [[file('app', 'waiting')]], compression: 'gzip' });
    await registry.pushImage('team/waiting', '1', waiting);
    expect((await api.call('POST', '/images', { reference: `${registry.host}/team/waiting:1` })).status).toBe(202);
    const lines = await first.dump();
    await installation?.stop();

    const restored = await start(lines);
    expect(await installationAnswers(restored.api, imagesOf(filled))).toEqual(filled);
    await restored.api.until(`/images/${waiting.manifestDigest}?wait=5s`, ({ json }) => json.state === 'indexed', 60);
    const count = receiver.received.length;
    const { json } = await restored.api.call('GET', '/endpoints');
    const live = (json.items as unknown as { id: string; url: string }[]).find(({ url }) => url === receiver.url);
    expect((await restored.api.call('POST', `/endpoints/${live?.id ?? ''}/test`)).status).toBe(200);
    await until('the receiver has it', () => receiver.received.length > count);
    expect(receiver.received.at(-1)?.headers['webhook-signature']).toMatch(/^v1,/);
  }, 300_000);

  const formats = join(root, 'libs/adapters/store-mongo/testdata/formats');
  it.each(readdirSync(formats))(
    'of %s is upgraded in place by the services of today',
    async (release) => {
      const stored = (name: string): Buffer => readFileSync(join(formats, release, name));
      const lines = gunzipSync(stored('database.ndjson.gz')).toString().split('\n');
      const { config, filled } = JSON.parse(stored('answers.json').toString()) as {
        config: unknown;
        filled: FilledInstallation;
      };
      const { api } = await start(lines, config, stored('sealing-key').toString().trim());
      expect(await installationAnswers(api, imagesOf(filled))).toEqual(filled);
    },
    120_000,
  );
});
