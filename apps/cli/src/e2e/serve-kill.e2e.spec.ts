import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ApiAnswer,
  type ApiClient,
  apiClient,
  buildImage,
  type BuiltImage,
  type FeedServer,
  file,
  type ServiceProcess,
  startFeedServer,
  startServiceProcess,
  startWebhookReceiver,
  type WebhookReceiver,
  randomMoment,
  until,
} from '@clarion/test-kit';
import { clarion, root, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

// `clarion serve` is killed at random moments while images are submitted, vulnerabilities change and webhooks are
// sent: all accepted work is completed, and each change is notified under one id. CLARION_CHAOS_SERVE=KILLS,SEED runs
// it longer (npm run chaos -- serve).

const [allKills = 12, seed = 1] = (process.env['CLARION_CHAOS_SERVE'] ?? '').split(',').filter(Boolean).map(Number);
/** Half of the kills with the index of mentions, half on a store without it, where they interrupt its creation. */
const kills = Math.ceil(allKills / 2);
const feed = 'debian-security-tracker';
const tracker = readFileSync(join(sampleFeeds, feed, 'json'), 'utf8');
const debian = join(root, 'tools/sample/images/debian');
/** Requested updates take time: one for this many kills. */
const killsForUpdate = 4;

type Tracker = Record<string, Record<string, { releases: Record<string, unknown> }>>;

const flaw = (number: number): string => `CVE-2026-${90_000 + number}`;
const ownFlaw = (number: number): string => `CVE-2026-${80_000 + number}`;

/** The tracker with this many more CVEs for a package that all images have. */
function trackerWith(count: number): string {
  const document = JSON.parse(tracker) as Tracker;
  const releases = { bookworm: { status: 'resolved', fixed_version: '99:1', urgency: 'high', repositories: {} } };
  const added = Array.from({ length: count }, (_, number) => [flaw(number + 1), { releases }]);
  document['openssl'] = { ...document['openssl'], ...(Object.fromEntries(added) as Tracker[string]) };
  return JSON.stringify(document);
}

/** A version of Alpine's database with a change in every package. */
function secdb(version: string): string {
  const packages = Array.from({ length: 200 }, (_, at) => ({
    pkg: { name: `p${at}`, secfixes: { [version]: [`CVE-2020-${1000 + at}`] } },
  }));
  return JSON.stringify({ packages });
}

const ownRecord = {
  summary: 'Own words',
  affected: [
    { package: { name: 'openssl' }, ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '99:1' }] }] },
  ],
};

/** Pseudorandom numbers from 0 to 1 with a seed (mulberry32). */
function randomOf(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const folder = temporaryFolder();
let feeds: FeedServer;
let receiver: WebhookReceiver;

beforeAll(async () => {
  feeds = await startFeedServer();
  const urls = [feed, 'alpine-secdb'].map((id) => `    ${id}: ${feeds.url}${id}/`);
  writeFileSync(join(folder.path, 'clarion.yaml'), `feeds:\n  urls:\n${urls.join('\n')}\n`);
});
beforeEach(async () => {
  feeds.put(`${feed}/json`, tracker);
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  await receiver.close();
});
afterAll(async () => {
  await feeds.close();
  folder.remove();
});

/** `clarion serve` on one data directory, restarted after each kill. */
class Serving {
  readonly counts = { SIGKILL: 0, SIGTERM: 0, early: 0 };
  cycle = 0;
  private process: ServiceProcess | undefined;
  private api: ApiClient | undefined;
  private readonly db: string;

  constructor(db: string) {
    this.db = db;
  }

  /** Starts it; resolves when it answers. */
  async start(): Promise<void> {
    const hosts = [new URL(feeds.url).host, receiver.host].join(',');
    const started = startServiceProcess('cli', {}, [
      ...['serve', '--db', this.db, '--config', join(folder.path, 'clarion.yaml'), '--no-updates'],
      ...['--listen', '127.0.0.1:0', '--introspection-port', '0', '--allow-host', hosts, '--insecure-host', hosts],
    ]);
    this.process = started;
    await started.line('Started');
    const url = /http:\/\/[\d.]+:\d+/.exec(started.errors())?.[0] ?? '';
    this.api = apiClient(url, readFileSync(join(this.db, 'administrator-token'), 'utf8').trim());
  }

  /** Starts it and kills it at a moment counted from its spawn or from its first answer. */
  async killAt(moment: () => Promise<void>, from: 'spawn' | 'start', signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const starting = this.start().catch(() => undefined);
    const process = this.process;
    if (from === 'start') await starting;
    await moment();
    if (this.api === undefined) this.counts.early += 1;
    this.api = undefined;
    process?.kill(signal);
    await process?.ended;
    await starting;
    this.api = undefined;
    this.counts[signal] += 1;
    this.cycle += 1;
  }

  async stop(): Promise<number | null | undefined> {
    this.process?.kill('SIGTERM');
    return this.process?.ended;
  }

  /** Repeats the call until its answer passes, as a client of Clarion retries too. */
  async insist(
    [method, path, body]: readonly [string, string, unknown?],
    passes = ({ status }: ApiAnswer): boolean => status >= 200 && status < 300,
  ): Promise<ApiAnswer> {
    let last: ApiAnswer | undefined;
    const still = (): string =>
      `${method} ${path} still answers ${last?.status ?? 'nothing'} ${last?.text.slice(0, 1000) ?? ''}`;
    const ask = async (): Promise<boolean> => {
      last = (await this.api?.call(method, path, body).catch(() => undefined)) ?? last;
      return last !== undefined && passes(last);
    };
    await until(still, ask, { seconds: 300, every: 20 });
    return last!;
  }

  /** Resolves after so many kills, so that work is spread over all of them. */
  async reaches(cycle: number): Promise<void> {
    await until('it is killed often enough', () => this.cycle >= cycle, { seconds: 3600 });
  }
}

function imageNumber(number: number): BuiltImage {
  const base = [
    file('etc/os-release', readFileSync(join(debian, 'os-release'), 'utf8')),
    file('var/lib/dpkg/status', readFileSync(join(debian, '2-curl.status'), 'utf8')),
  ];
  // Each image has different layers, so each one is read.
  return buildImage({
    layers: [[...base, file('app', `number ${number}`)], [file('data', `${number}`)]],
    compression: 'gzip',
  });
}

function submission({ manifestDigest, layers }: BuiltImage): readonly [string, string, unknown] {
  for (const { digest, blob } of layers) feeds.put(`blobs/${digest}`, blob);
  const described = layers.map(({ digest }) => ({ digest, url: `${feeds.url}blobs/${digest}` }));
  return ['POST', '/images', { digest: manifestDigest, layers: described }];
}

/** The webhook ids under which each vulnerability was notified. */
function sentIds(): Map<string, Set<string>> {
  const sent = new Map<string, Set<string>>();
  for (const { headers, body } of receiver.received) {
    const { subject } = JSON.parse(body) as { subject: string };
    sent.set(subject, (sent.get(subject) ?? new Set()).add(String(headers['webhook-id'])));
  }
  return sent;
}

interface Run {
  readonly serving: Serving;
  readonly random: () => number;
  /** Changes the feed to this many CVEs, and updates it. */
  readonly changeFeed: (count: number) => Promise<void>;
}

/** Submits, changes and kills; resolves to the expected result. */
async function disturb({ serving, random, changeFeed }: Run) {
  const images = Array.from({ length: kills }, (_, number) => imageNumber(number + 10));
  const own = Array.from({ length: kills }, (_, number) => ownFlaw(number + 1));
  const updates = Math.max(1, Math.floor(kills / killsForUpdate));
  const submitting = (async () => {
    for (const [number, image] of images.entries()) {
      await serving.reaches(number);
      await serving.insist(submission(image));
    }
  })();
  const stating = (async () => {
    for (const [number, id] of own.entries()) {
      await serving.reaches(number);
      await serving.insist(['PUT', `/own-vulnerabilities/debian:12/${id}`, ownRecord]);
    }
  })();
  const updating = (async () => {
    for (let count = 1; count <= updates; count += 1) {
      await serving.reaches((count - 1) * killsForUpdate);
      await changeFeed(count);
    }
  })();
  const killing = (async () => {
    for (let number = 0; number < kills; number += 1) {
      // Some die during start, most while they work.
      const from = random() < 0.2 ? 'spawn' : 'start';
      const moment = random();
      const signal = random() < 0.5 ? 'SIGKILL' : 'SIGTERM';
      await serving.killAt(() => randomMoment(1200, () => moment), from, signal);
    }
    await serving.start();
  })();
  await Promise.all([submitting, stating, updating, killing]);
  const flaws = Array.from({ length: updates }, (_, number) => flaw(number + 1));
  return { images, expected: [...own, ...flaws] };
}

async function firstImages(serving: Serving): Promise<readonly BuiltImage[]> {
  const images = [1, 2].map(imageNumber);
  for (const image of images) {
    await serving.insist(submission(image));
    await serving.insist(['GET', `/images/${image.manifestDigest}`], ({ json }) => json.state === 'indexed');
  }
  return images;
}

/** Waits until everything accepted is completed, prints a summary, and expects nothing lost and nothing duplicated. */
async function expectAll(name: string, serving: Serving, result: Awaited<ReturnType<typeof disturb>>): Promise<void> {
  const { images, expected } = result;
  const states = new Map<string, number>();
  for (const { manifestDigest } of images) {
    const isOver = ({ json }: ApiAnswer): boolean => json.state === 'indexed' || json.state === 'failed';
    const { state = '' } = (await serving.insist(['GET', `/images/${manifestDigest}`], isOver)).json;
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  const lost = (): readonly string[] => expected.filter((id) => !sentIds().has(id));
  // Lost notifications are reported below, with everything else.
  await until('all are notified', () => lost().length === 0, { seconds: 180, every: 50 }).catch(() => undefined);
  const sent = sentIds();
  const twice = [...sent].filter(([, ids]) => ids.size > 1);
  const { SIGKILL, SIGTERM, early } = serving.counts;
  const distinct = [...sent.values()].reduce((sum, ids) => sum + ids.size, 0);
  process.stderr.write(
    `${name}, seed ${seed}: ${SIGKILL} SIGKILL, ${SIGTERM} SIGTERM (${early} before it had started); ` +
      `${images.length} images accepted, ${states.get('indexed') ?? 0} indexed, ${states.get('failed') ?? 0} failed; ` +
      `${expected.length} notifications expected, ${expected.length - lost().length} delivered, ${lost().length} lost, ` +
      `${receiver.received.length - distinct} repeated under the same id, ${twice.length} under two ids\n`,
  );
  expect([...states]).toEqual([['indexed', images.length]]);
  expect(lost()).toEqual([]);
  expect(twice).toEqual([]);
  expect((await serving.insist(['GET', '/dead-letters'])).json.items).toEqual([]);
}

describe('clarion serve that is killed again and again', () => {
  let serving: Serving;
  afterEach(async () => {
    expect(await serving.stop()).toBe(0);
  });

  const loaded = ({ json }: ApiAnswer): boolean =>
    json.items.some(({ id, lastSuccess }) => id === feed && lastSuccess !== undefined);
  const endpoint = (): readonly [string, string, unknown] => [
    'POST',
    '/endpoints',
    { url: receiver.url, allowInsecure: true },
  ];

  /** A feed, two images, and an endpoint that subscribes to their changes. */
  async function prepare(): Promise<void> {
    await serving.start();
    await serving.insist(['POST', `/feeds/${feed}/update`]);
    await serving.insist(['GET', '/feeds'], loaded);
    await firstImages(serving);
    await serving.insist(endpoint());
    await serving.stop();
  }

  async function changeFeed(count: number): Promise<void> {
    feeds.put(`${feed}/json`, trackerWith(count));
    // Requested once: acceptance is enough.
    await serving.insist(['POST', `/feeds/${feed}/update`]);
  }

  it('loses nothing that it accepted, with the index of mentions', async () => {
    serving = new Serving(join(folder.path, 'with'));
    await prepare();
    await expectAll('with the index', serving, await disturb({ serving, random: randomOf(seed), changeFeed }));
  }, 3_600_000);

  it('loses nothing that it accepted, while that index is built and the command line changes its data', async () => {
    const db = join(folder.path, 'without');
    // No image is an Alpine, so this notifies nobody. The store that the command line creates has no index.
    const updateBeside = async (edition: number): Promise<void> => {
      feeds.put('alpine-secdb/last-update', String(edition));
      feeds.put('alpine-secdb/v3.20/main.json', secdb(`1.${edition}-r0`));
      const update = ['update', 'alpine-secdb', '--db', db, '--config', join(folder.path, 'clarion.yaml')];
      expect(await clarion(update)).toMatchObject({ code: 0 });
    };
    await updateBeside(0);
    serving = new Serving(db);
    await prepare();
    const result = await disturb({
      serving,
      random: randomOf(seed + 1),
      changeFeed: async (count) => {
        await updateBeside(count);
        await changeFeed(count);
      },
    });
    await expectAll('without the index at first', serving, result);
  }, 3_600_000);
});
