import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import {
  type ApiAnswer,
  buildImage,
  canStartRegistry,
  type FeedServer,
  file,
  type RunningRegistry,
  type ServiceInstallation,
  serviceNames,
  startFeedServer,
  startRegistry,
  startServiceInstallation,
  startWebhookReceiver,
  type WebhookReceiver,
  randomMoment,
  until,
} from '@clarion/test-kit';

// Kills services and servers while images are submitted and feeds change: no accepted work may be lost.
// CLARION_CHAOS=IMAGES,CHANGES,KILLS runs it longer (npm run chaos).

const [images = 12, changes = 3, kills = 6] = (process.env['CLARION_CHAOS'] ?? '')
  .split(',')
  .filter(Boolean)
  .map(Number);
const root = join(__dirname, '..', '..', '..', '..');
const sample = (path: string): string => readFileSync(join(root, 'tools/sample', path), 'utf8');
const feed = 'debian-security-tracker';
const tracker = sample(`feeds/${feed}/json`);
const suite = canStartRegistry() ? describe : describe.skip;

/** What dies in turn: each service and server, or one member of a cluster of NATS at a time. */
const installations = [
  { title: 'Six services of which one dies now and then', natsCluster: false },
  { title: 'Six services on three NATS servers of which one dies now and then', natsCluster: true },
];

type Tracker = Record<string, Record<string, { releases: Record<string, unknown> }>>;

const flaw = (number: number): string => `CVE-2026-${90_000 + number}`;

/** The tracker with this many more CVEs for a package that all images have. */
function trackerWith(count: number): string {
  const document = JSON.parse(tracker) as Tracker;
  const releases = { bookworm: { status: 'resolved', fixed_version: '99:1', urgency: 'high', repositories: {} } };
  const added = Array.from({ length: count }, (_, number) => [flaw(number + 1), { releases }]);
  document['openssl'] = { ...document['openssl'], ...(Object.fromEntries(added) as Tracker[string]) };
  return JSON.stringify(document);
}

suite.each(installations)('$title', ({ natsCluster }) => {
  let registry: RunningRegistry;
  let feeds: FeedServer;
  let receiver: WebhookReceiver;
  let installation: ServiceInstallation;
  const base = [
    file('etc/os-release', sample('images/debian/os-release')),
    file('var/lib/dpkg/status', sample('images/debian/2-curl.status')),
  ];
  const built = Array.from({ length: images }, (_, number) =>
    buildImage({ layers: [base, [file('app', `number ${number}`)]], compression: 'gzip' }),
  );

  beforeAll(async () => {
    registry = await startRegistry({ auth: 'none' });
    for (const [number, image] of built.entries()) await registry.pushImage('team/app', String(number), image);
    feeds = await startFeedServer();
    feeds.put(`${feed}/json`, tracker);
    receiver = await startWebhookReceiver();
    installation = await startServiceInstallation({
      natsCluster,
      feeds: { urls: Object.fromEntries(feedSources.map(({ id }) => [id, `${feeds.url}${id}/`])) },
      allowedHosts: [registry.host, new URL(feeds.url).host, receiver.host],
      variables: { CLARION_RECONCILE: '2s', CLARION_SCHEDULE_EVERY: '1s' },
    });
  }, 600_000);

  afterAll(async () => {
    await installation.stop();
    await receiver.close();
    await feeds.close();
    await registry.close();
  }, 300_000);

  /** Repeats the call until its answer passes, as an integrator retries too. */
  async function insist(ask: () => Promise<ApiAnswer>, passes: (answer: ApiAnswer) => boolean): Promise<ApiAnswer> {
    let answer: ApiAnswer | undefined;
    const still = (): string => `still ${answer?.status ?? 'no answer'} ${answer?.text.slice(0, 1000) ?? ''}`;
    const isTrue = async (): Promise<boolean> => {
      answer = await ask().catch(() => undefined);
      return answer !== undefined && passes(answer);
    };
    await until(still, isTrue, { seconds: 600, every: 250 });
    return answer!;
  }

  const call = (method: string, path: string, body?: unknown) => () => installation.api.call(method, path, body);
  const accepted = ({ status }: ApiAnswer): boolean => status === 200 || status === 201 || status === 202;

  async function submitAll(from: number, to: number): Promise<void> {
    for (let number = from; number < to; number += 1) {
      await insist(call('POST', '/images', { reference: `${registry.host}/team/app:${number}` }), accepted);
    }
  }

  async function changeFeed(count: number): Promise<void> {
    feeds.put(`${feed}/json`, trackerWith(count));
    const known = call('GET', `/vulnerabilities/${flaw(count)}`);
    const isKnown = async (): Promise<boolean> => (await known().catch(() => undefined))?.status === 200;
    const seen = (): Promise<void> => until('it is known', isKnown, { seconds: 10, every: 250 });
    let isSeen = false;
    while (!isSeen) {
      await insist(call('POST', `/feeds/${feed}/update`), accepted);
      isSeen = await seen().then(
        () => true,
        () => false,
      );
    }
  }

  interface Victim {
    kill(): Promise<void>;
    start(): Promise<void>;
  }

  function victims(): readonly Victim[] {
    const services = serviceNames.map((name) => ({
      kill: () => Promise.resolve(),
      start: () => installation.restart(name),
    }));
    return natsCluster ? installation.natsServers : [...services, ...installation.natsServers, installation.mongo];
  }

  async function killAndRestart(count: number): Promise<void> {
    const all = victims();
    for (let number = 0; number < count; number += 1) {
      await randomMoment(1700);
      const victim = all[number % all.length];
      await victim?.kill();
      // The others of a cluster go on without it, for longer than an election takes.
      await randomMoment(natsCluster ? 6000 : 500);
      await victim?.start();
    }
  }

  it(`loses nothing in ${kills} deaths`, async () => {
    await insist(call('POST', `/feeds/${feed}/update`), accepted);
    await insist(call('GET', '/feeds'), ({ json }) =>
      json.items.some(({ id, lastSuccess }) => id === feed && lastSuccess !== undefined),
    );
    await submitAll(0, 2);
    for (const { manifestDigest } of built.slice(0, 2)) {
      await insist(call('GET', `/images/${manifestDigest}`), ({ json }) => json.state === 'indexed');
    }
    await insist(call('POST', '/endpoints', { url: receiver.url, allowInsecure: true }), accepted);
    const changing = (async (): Promise<void> => {
      for (let number = 1; number <= changes; number += 1) await changeFeed(number);
    })();
    await Promise.all([submitAll(2, images), changing, killAndRestart(kills)]);

    for (const { manifestDigest } of built) {
      const image = await insist(call('GET', `/images/${manifestDigest}`), ({ json }) => json.state === 'indexed');
      expect(image.json.state).toBe('indexed');
    }
    const flaws = Array.from({ length: changes }, (_, number) => flaw(number + 1));
    const { json } = await insist(
      call('GET', '/notifications?limit=1000'),
      ({ json: list }) => list.items.length >= changes && receiver.received.length >= changes,
    );
    const reported = json.items.map(({ vulnerability }) => vulnerability).sort();
    // Once each, however many times the work was done.
    expect(reported).toEqual(flaws);
    await insist(
      call('GET', '/notifications?state=delivered&limit=1000'),
      (answer) => answer.json.items.length === changes,
    );
    const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
    expect(ids.size).toBe(changes);
    expect((await insist(call('GET', '/dead-letters'), accepted)).json.items).toEqual([]);
    await until('no work waits', async () => {
      const queues = [...(await installation.metrics('api-gateway'))].filter(([name]) =>
        /^clarion_queue_(lag|ack_pending)/.test(name),
      );
      return queues.length > 0 && queues.every(([, value]) => value === 0);
    });
    const report = await insist(call('GET', `/images/${built.at(-1)?.manifestDigest ?? ''}/report`), accepted);
    expect(report.json.findings.map(({ id }) => id)).toEqual(expect.arrayContaining(flaws));
  }, 1_800_000);
});
