import { readFileSync } from 'node:fs';
import { clarionV1 } from '@clarion/proto';
import { ChannelCredentials, Metadata } from '@grpc/grpc-js';
import { connect } from '@nats-io/transport-node';
import { Webhook } from 'standardwebhooks';
import { canStartRegistry, type RunningRegistry, startRegistry } from '../distribution-registry';
import { type FeedServer, startFeedServer } from '../feed-server';
import { type BuiltImage, buildImage, file } from '../image-builder';
import type { ApiAnswer, ApiClient, ApiItem } from './api-client';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

/** An installation that runs: one process, or the six services. */
export interface InstallationUnderTest {
  /** As an administrator. */
  readonly api: ApiClient;
  /** `127.0.0.1:PORT`. */
  readonly grpcAddress: string;
  /** A NATS server that it publishes its events to, if it has one. */
  readonly natsUrl?: string;
  /** The output of `clarion scan --format json` for a reference on the same feeds. */
  cliReport(reference: string): Promise<string>;
  stop(): Promise<void>;
}

export interface InstallationSetup {
  /** The base URL of feeds, one folder per feed id. */
  readonly feedsUrl: string;
  /** Hosts that it may reach although they are on this machine, with their ports. */
  readonly allowedHosts: readonly string[];
}

export interface InstallationFixtures {
  /** A Debian security tracker document (`debian-security-tracker/json`), and a package of the image that it names. */
  readonly tracker: string;
  /** `os-release` and dpkg status of a Debian image. */
  readonly osRelease: string;
  readonly status: string;
}

type TrackerData = Record<string, Record<string, { releases: Record<string, unknown> }>>;
const feed = 'debian-security-tracker';
const newFlaw = 'CVE-2026-99999';
const catalogue = 'cisa-kev';
const changedPackage = 'openssl';

/** The tracker with one additional flaw of a package, fixed in a version that no image has. */
function withNewFlaw(tracker: string): string {
  const document = JSON.parse(tracker) as TrackerData;
  const releases = { bookworm: { status: 'resolved', fixed_version: '99:1', urgency: 'high', repositories: {} } };
  document[changedPackage] = { ...document[changedPackage], [newFlaw]: { releases } };
  return JSON.stringify(document);
}

/** CISA's catalogue of exploited flaws with these ids, in addition to ten that no image has. */
function exploited(requiredAction: string, ...ids: readonly string[]): string {
  const others = Array.from({ length: 10 }, (_, at) => `CVE-1999-${9000 + at}`);
  const vulnerabilities = [...others, ...ids].map((cveID) => ({ cveID, dateAdded: '2026-01-01', requiredAction }));
  return JSON.stringify({ count: vulnerabilities.length, vulnerabilities });
}

/**
 * The events that a NATS subscriber receives about affected images from now on: severity and digest, once there are
 * two.
 */
async function subscribe(url: string): Promise<() => Promise<string[]>> {
  const connection = await connect({ servers: url });
  const subscription = connection.subscribe('clarion.default.v1.image.affected.*', { max: 2 });
  await connection.flush();
  return async () => {
    const heard: string[] = [];
    for await (const message of subscription) {
      const { image } = message.json<{ image: string }>();
      heard.push(`${message.subject.split('.').at(-1) ?? ''} ${image}`);
    }
    await connection.close();
    return heard;
  };
}

/** Only the times at which feeds were loaded differ between installations. */
function withoutTimes(report: string): string {
  return report.replace(/"updatedAt": ?"[^"]*"/g, '"updatedAt":"…"');
}

/**
 * The contract of an installation for its callers, end to end and over real connections: a real registry, a web server
 * with feeds, a receiver of webhooks. `start` starts one with an empty store.
 */
export function installationContract(
  name: string,
  start: (setup: InstallationSetup) => Promise<InstallationUnderTest>,
  fixtures: InstallationFixtures,
): void {
  const suite = canStartRegistry() ? describe : describe.skip;
  suite(`${name} (needs docker-registry and openssl)`, () => {
    let registry: RunningRegistry;
    let feeds: FeedServer;
    let receiver: WebhookReceiver;
    let installation: InstallationUnderTest;
    let api: ApiClient;
    const read = (path: string): string => readFileSync(path, 'utf8');
    const base = [file('etc/os-release', read(fixtures.osRelease)), file('var/lib/dpkg/status', read(fixtures.status))];
    const image = buildImage({ layers: [base, [file('app', 'one')]], compression: 'gzip' });
    const sibling = buildImage({ layers: [base, [file('app', 'two')]], compression: 'gzip' });

    beforeAll(async () => {
      registry = await startRegistry({ auth: 'none' });
      await registry.pushImage('team/app', '1', image);
      await registry.pushImage('team/app', '2', sibling);
      feeds = await startFeedServer();
      feeds.put(`${feed}/json`, read(fixtures.tracker));
      feeds.put(`${catalogue}/known_exploited_vulnerabilities.json`, exploited('Patch.'));
      receiver = await startWebhookReceiver();
      const allowedHosts = [registry.host, new URL(feeds.url).host, receiver.host];
      installation = await start({ feedsUrl: feeds.url, allowedHosts });
      ({ api } = installation);
    }, 240_000);

    afterAll(async () => {
      await installation.stop();
      await receiver.close();
      await feeds.close();
      await registry.close();
    }, 120_000);

    const reference = (tag: string): string => `${registry.host}/team/app:${tag}`;
    const indexed = async (built: BuiltImage): Promise<void> => {
      await api.until(`/images/${built.manifestDigest}?wait=10s`, ({ json }) => {
        if (json.state === 'failed') throw new Error(JSON.stringify(json));
        return json.state === 'indexed';
      });
    };
    const feedOf = ({ json }: ApiAnswer, id = feed): ApiItem | undefined => json.items.find((one) => one.id === id);
    const updated = async (id = feed): Promise<void> => {
      const before = feedOf(await api.call('GET', '/feeds'), id)?.lastSuccess;
      expect((await api.call('POST', `/feeds/${id}/update`)).status).toBe(202);
      await api.until('/feeds', (answer) => {
        const now = feedOf(answer, id)?.lastSuccess;
        return now !== undefined && now !== before;
      });
    };

    it('loads a feed on request', async () => {
      await updated();
      expect(feedOf(await api.call('GET', '/feeds'))?.advisories).toBeGreaterThan(10);
    });

    it('indexes a submitted image of a registry, and reports each layer', async () => {
      const subscription = await api.follow();
      const answer = await api.call('POST', '/images', { reference: reference('1') });
      expect(answer).toMatchObject({ status: 202, json: { digest: image.manifestDigest } });
      expect(answer.headers.get('location')).toBe(`/api/v1/images/${image.manifestDigest}`);
      await indexed(image);
      await api.until('/feeds', () => subscription.events.some(({ kind }) => kind === 'image.indexed'));
      subscription.stop();
      const layers = subscription.events.filter(({ kind }) => kind === 'layer.indexed');
      expect(layers.map(({ layer, read }) => [layer, read]).sort()).toEqual(
        image.layers.map(({ diffId }) => [diffId, true]).sort(),
      );
    });

    it('reports what the command line reports, byte for byte', async () => {
      const report = await api.call('GET', `/images/${image.manifestDigest}/report`);
      expect(report.status).toBe(200);
      expect(report.json.findings.length).toBeGreaterThan(5);
      expect(withoutTimes(report.text)).toBe(withoutTimes(await installation.cliReport(reference('1'))));
    });

    it('returns the same over gRPC', async () => {
      const client = new clarionV1.ImageServiceClient(installation.grpcAddress, ChannelCredentials.createInsecure());
      const metadata = new Metadata();
      metadata.set('authorization', `Bearer ${api.token}`);
      const request = { reference: reference('1'), platform: undefined, credentials: undefined };
      const submitted = await new Promise<clarionV1.SubmitImageResponse>((resolve, reject) => {
        client.submitImage({ image: { $case: 'registry', value: request } }, metadata, (error, answer) => {
          if (error === null) resolve(answer);
          else reject(error);
        });
      });
      expect(submitted.submission).toMatchObject({ digest: image.manifestDigest });
      const report = await new Promise<clarionV1.GetReportResponse>((resolve, reject) => {
        const asked = { digest: image.manifestDigest, format: 'json', notTags: [], showSuppressed: false };
        client.getReport(asked, metadata, (error, answer) => {
          if (error === null) resolve(answer);
          else reject(error);
        });
      });
      client.close();
      const rest = await api.call('GET', `/images/${image.manifestDigest}/report`);
      expect(Buffer.from(report.content).toString()).toBe(rest.text);
    });

    it('opens only the layer of another image that it does not know', async () => {
      const subscription = await api.follow();
      await api.call('POST', '/images', { reference: reference('2') });
      await indexed(sibling);
      await api.until('/feeds', () => subscription.events.some(({ kind }) => kind === 'image.indexed'));
      subscription.stop();
      const read = subscription.events.filter((event) => event.kind === 'layer.indexed' && event['read'] === true);
      expect(read.map(({ layer }) => layer)).toEqual([sibling.layers[1]?.diffId]);
    });

    it('starts no work for an indexed image', async () => {
      const again = await api.call('POST', '/images', { reference: reference('1') });
      expect(again).toMatchObject({ status: 200, json: { state: 'indexed' } });
    });

    it('finds images by package, vulnerability, severity and repository', async () => {
      const found = async (query: string): Promise<unknown> =>
        (await api.call('GET', `/images?${query}`)).json.items.map(({ digest }) => digest).sort();
      const both = [image.manifestDigest, sibling.manifestDigest].sort();
      const { findings } = (await api.call('GET', `/images/${image.manifestDigest}/report`)).json;
      expect(await found(`package=${changedPackage}`)).toEqual(both);
      expect(await found(`vulnerability=${findings[0]?.id ?? ''}`)).toEqual(both);
      expect(await found(`severity=${findings[0]?.severity ?? ''}`)).toEqual(both);
      expect(await found(`repository=${encodeURIComponent(`${registry.host}/team/app`)}`)).toEqual(both);
      expect(await found('package=nothing-like-it')).toEqual([]);
    });

    it('notifies a receiver of a changed feed which images are affected now, without opening a layer', async () => {
      const created = await api.call('POST', '/endpoints', { url: receiver.url, allowInsecure: true });
      expect(created.status).toBe(201);
      const subscription = await api.follow();
      const subscriber = installation.natsUrl === undefined ? undefined : await subscribe(installation.natsUrl);
      feeds.put(`${feed}/json`, withNewFlaw(read(fixtures.tracker)));
      await updated();
      await api.until('/feeds', () => receiver.received.length > 0);
      const [webhook] = receiver.received;
      const verified = new Webhook(created.json.secret ?? '').verify(
        webhook?.body ?? '',
        webhook?.headers as Record<string, string>,
      );
      expect(verified).toMatchObject({ specversion: '1.0' });
      const { items } = (await api.call('GET', '/notifications')).json;
      expect(items).toMatchObject([{ vulnerability: newFlaw, counts: { affected: 2, cleared: 0 }, before: null }]);
      const notification = (await api.call('GET', `/notifications/${items[0]?.id ?? ''}`)).json;
      const images = notification.images.items.map(({ image: digest }) => digest).sort();
      expect(images).toEqual([image.manifestDigest, sibling.manifestDigest].sort());
      await api.until(
        '/feeds',
        () => subscription.events.filter(({ kind }) => kind === 'image.transition').length === 2,
      );
      subscription.stop();
      expect(subscription.events.filter(({ kind }) => kind === 'layer.indexed')).toEqual([]);
      if (subscriber !== undefined)
        expect((await subscriber()).sort()).toEqual(images.map((digest) => `high ${digest}`));
      const { findings } = (await api.call('GET', `/images/${image.manifestDigest}/report`)).json;
      expect(findings.map(({ id }) => id)).toContain(newFlaw);
    });

    it('notifies that they are not affected any more', async () => {
      feeds.put(`${feed}/json`, read(fixtures.tracker));
      await updated();
      await api.until('/notifications', ({ json }) => json.items.length === 2);
      const { items } = (await api.call('GET', '/notifications')).json;
      expect(items[0]).toMatchObject({ vulnerability: newFlaw, counts: { affected: 0, cleared: 2 }, after: null });
    });

    it('notifies only a filtered endpoint of an exploited flaw, and none of a changed description', async () => {
      const filter = { knownExploitedOnly: true };
      const created = await api.call('POST', '/endpoints', { url: `${receiver.url}/exploited`, allowInsecure: true, filter }); // prettier-ignore
      expect(created.status).toBe(201);
      await updated(catalogue);
      const { findings } = (await api.call('GET', `/images/${image.manifestDigest}/report`)).json;
      const id = findings[0]?.id ?? '';
      const put = async (text: string): Promise<void> => {
        feeds.put(`${catalogue}/known_exploited_vulnerabilities.json`, text);
        await updated(catalogue);
      };
      const before = receiver.received.length;
      await put(exploited('Patch.', id));
      await api.until('/notifications', ({ json }) => json.items.length === 3);
      const [notification] = (await api.call('GET', '/notifications')).json.items;
      const counts = { affected: 0, cleared: 0, changed: 2 };
      expect(notification).toMatchObject({ vulnerability: id, counts, before: { knownExploited: null } });
      await api.until('/feeds', () => receiver.received.length > before);
      await put(exploited('Patch at once.', id));
      // A delivery about the changed description would arrive before the deliveries of this update.
      await put(exploited('Patch at once.'));
      await api.until('/notifications', ({ json }) => json.items.length === 4);
      const paths = receiver.received.slice(before).map(({ path, body }) => `${path} ${(JSON.parse(body) as { subject: string }).subject}`); // prettier-ignore
      expect(paths).toEqual([`/hook/exploited ${id}`]);
    });

    it('asks a receiver for its consent if configured, and signs with a key pair', async () => {
      const endpoint = { url: receiver.url, allowInsecure: true, handshake: true, signature: 'v1a' };
      const refused = await api.call('POST', '/endpoints', endpoint);
      expect(refused).toMatchObject({ status: 422, json: { code: 'unauthorized' } });
      const url = `http://${receiver.host}/consents`;
      const created = await api.call('POST', '/endpoints', { ...endpoint, url });
      expect(created).toMatchObject({ status: 201, json: { secret: expect.stringMatching(/^whpk_/) as string } });
      const location = created.headers.get('location')?.replace('/api/v1', '') ?? '';
      expect((await api.call('POST', `${location}/test`)).json).toMatchObject({ delivered: true });
      expect(receiver.received.at(-1)).toMatchObject({
        path: '/consents',
        headers: { 'webhook-signature': expect.stringMatching(/^v1a,[A-Za-z0-9+/]{86}==$/) as string },
      });
      expect((await api.call('DELETE', location)).status).toBe(204);
    });

    it('reports what is wrong with a missing image', async () => {
      const answer = await api.call('POST', '/images', { reference: reference('missing') });
      expect(answer).toMatchObject({ status: 404, json: { code: 'not-found' } });
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    });

    it('sends no requests to forbidden addresses', async () => {
      const answer = await api.call('POST', '/images', { reference: '127.0.0.2:1/team/app:1' });
      expect(answer).toMatchObject({ status: 400, json: { code: 'egress-denied' } });
    });

    it('deletes an image', async () => {
      expect((await api.call('DELETE', `/images/${sibling.manifestDigest}`)).status).toBe(204);
      expect((await api.call('GET', `/images/${sibling.manifestDigest}`)).status).toBe(404);
      expect((await api.call('GET', `/images/${image.manifestDigest}`)).status).toBe(200);
    });
  });
}
