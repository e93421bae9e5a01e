import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { openNatsBus } from '@clarion/bus-nats';
import { diffAdvisories } from '@clarion/feed-updating';
import { compositionOf } from '@clarion/layer-indexing';
import type { AdvisoryGroup, EventEnvelope, Bus, Digest, EffectiveImage, Log, Store } from '@clarion/model';
import { createEndpoint } from '@clarion/notifying';
import { createSealer, newSealingKey } from '@clarion/sealing';
import { openMongoStore } from '@clarion/store-mongo';
import {
  bundleApps,
  canStartNatsServer,
  describeWithMongoServer,
  startNatsServer,
  startServiceProcess,
  type NatsServer,
  until,
} from '@clarion/test-kit';

const ignore = (): void => undefined;
const log: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const key = newSealingKey();
const update = '0190163d-8694-7000-8000-000000000001';
const layer: Digest = `sha256:${'1'.repeat(64)}`;
const digest: Digest = `sha256:${'2'.repeat(64)}`;

const image: EffectiveImage = {
  image: {
    reference: 'registry.example/team/app:1',
    manifestDigest: digest,
    platform: { os: 'linux', architecture: 'amd64' },
    layers: [{}],
  },
  layers: [layer],
  namespaces: [{ id: 'debian:12', packageType: 'dpkg', path: 'etc/os-release', layer }],
  channels: [],
  evidence: [],
  features: [{ type: 'dpkg', name: 'openssl', version: '3.0', namespace: 'debian:12', path: 'db', layer }],
  problems: [],
};
const group: AdvisoryGroup = {
  namespace: 'debian:12',
  package: 'openssl',
  feed: 'debian-security-tracker',
  document: 'json',
  nameKind: 'source',
  scheme: 'dpkg',
  advisories: [{ id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '3.1' }], severity: 'High' }],
};

/** An indexed image, and an update that makes it vulnerable. */
async function fill(store: Store): Promise<void> {
  const composition = compositionOf(image);
  const at = '2026-03-01T12:00:00.000Z';
  await store.putComposition(composition, image.features);
  await store.changeImage(digest, () => ({
    manifestDigest: digest,
    image: image.image,
    layers: image.layers,
    usedAt: at,
    submission: { id: 's', state: 'indexed', origin: { kind: 'upload' }, submittedAt: at, indexedAt: at },
    references: [image.image.reference],
    composition: composition.id,
  }));
  const writer = await store.writeFeed(group.feed);
  await writer.put(group, 'hash');
  for (const change of diffAdvisories(undefined, group)) await writer.putChange({ ...change, update });
  const counts = { groups: 1, statements: 1, problems: 0, problemSamples: [] };
  await writer.commit({ feed: group.feed, parserVersion: 1, documents: {}, ...counts });
}

describeWithMongoServer('the notifier as a process', (mongo) => {
  if (!canStartNatsServer()) {
    it.skip('needs a NATS server', ignore);
    return;
  }
  let nats: NatsServer;
  let store: Store;
  let bus: Bus;
  const uri = { text: '' };
  const tenant = `n${process.pid}`;
  const received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      // The first attempt fails, so that there is a second one.
      response.writeHead(received.length === 1 ? 500 : 204).end();
    });
  });

  beforeAll(async () => {
    bundleApps('notifier');
    nats = await startNatsServer();
    uri.text = mongo().freshUri();
    store = await openMongoStore({ uri: uri.text });
    bus = await openNatsBus({ natsUrl: [nats.url], tenant }, { log });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await bus.close();
    await store.close();
    await nats.stop();
  });

  it('finds the image, delivers a signed webhook at the second attempt, publishes it and stops in order', async () => {
    const { port } = receiver.address() as AddressInfo;
    const { secret } = await createEndpoint(
      { url: `http://127.0.0.1:${port}/`, mode: 'cloudevents', filter: {}, allowInsecure: true, fullBody: true },
      { store, sealer: createSealer(key), now: () => new Date() },
    );
    await fill(store);
    const service = startServiceProcess('notifier', {
      CLARION_MONGODB_URI: uri.text,
      CLARION_MONGODB_DATABASE: new URL(uri.text).pathname.slice(1),
      CLARION_NATS_URL: nats.url,
      CLARION_TENANT: tenant,
      CLARION_SEALING_KEYS: key,
      CLARION_PUBLIC_URL: 'https://clarion.example',
      CLARION_EGRESS_ALLOWED_NETWORKS: '127.0.0.0/8',
      CLARION_WEBHOOK_PORTS: String(port),
      CLARION_INTROSPECTION_HOST: '127.0.0.1',
      CLARION_INTROSPECTION_PORT: '0',
    });
    const listening = new AbortController();
    const events: EventEnvelope[] = [];
    const heard = (async () => {
      for await (const one of bus.subscribe({ signal: listening.signal })) events.push(one);
    })();
    try {
      const probes = `http://127.0.0.1:${Number((await service.line('Starting'))['introspection_port'])}`;
      await service.line('Started');
      expect((await fetch(`${probes}/readyz`)).status).toBe(200);
      await bus.publish([{ event: { kind: 'advisories.changed', update, vulnerability: 'CVE-2024-0001' } }]);
      await until('it is delivered and published', () => received.length >= 2 && events.length > 0);
      expect({ received: received.length, events: events.length }).toEqual({ received: 2, events: 1 });

      const ids = received.map(({ headers }) => headers['webhook-id']);
      expect(ids[0]).toBe(ids[1]);
      const { headers, body } = received[1]!;
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toMatchObject({
        id: ids[0],
        data: { images: [{ image: digest, transition: 'affected', references: ['registry.example/team/app:1'] }] },
      });
      expect(events[0]?.event).toMatchObject({ kind: 'image.transition', image: digest, notification: ids[0] });
      const metrics = await (await fetch(`${probes}/metrics`)).text();
      expect(metrics).toContain('clarion_notifications_total{reason="affected"} 1');
      expect(metrics).toMatch(/clarion_webhook_deliveries_total\{outcome="retry"\} 1/);
    } finally {
      listening.abort();
      service.kill('SIGTERM');
      await heard;
    }
    expect(await service.ended).toBe(0);
  });
});
