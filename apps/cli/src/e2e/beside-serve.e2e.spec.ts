import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ApiClient,
  apiClient,
  buildImage,
  type FeedServer,
  file,
  type ServiceProcess,
  startFeedServer,
  startServiceProcess,
  startWebhookReceiver,
  until,
  type WebhookReceiver,
} from '@clarion/test-kit';
import { clarion, root, sampleFeeds, temporaryFolder } from '../../testing/run-clarion';

// Changes that the command line makes in the data directory of `clarion serve` are notified and counted as if `serve`
// had made them.

const folder = temporaryFolder();
const at = (...parts: readonly string[]): string => join(folder.path, ...parts);
const feed = 'debian-security-tracker';
const debian = join(root, 'tools/sample/images/debian');
const image = buildImage({
  layers: [
    [
      file('etc/os-release', readFileSync(join(debian, 'os-release'), 'utf8')),
      file('var/lib/dpkg/status', readFileSync(join(debian, '2-curl.status'), 'utf8')),
    ],
  ],
  compression: 'gzip',
});
type Tracker = Record<string, Record<string, { releases: Record<string, unknown> }>>;

let receiver: WebhookReceiver;
let blobs: FeedServer;
let serving: ServiceProcess;
let api: ApiClient;

/** A mirror with the tracker of the sample, and more CVEs of high severity for a package of the image. */
function writeMirror(name: string, flaws: readonly string[]): string {
  const tracker = JSON.parse(readFileSync(join(sampleFeeds, feed, 'json'), 'utf8')) as Tracker;
  const releases = { bookworm: { status: 'resolved', fixed_version: '99:1', urgency: 'high', repositories: {} } };
  const added = flaws.map((id) => [id, { releases }]);
  tracker['openssl'] = { ...tracker['openssl'], ...(Object.fromEntries(added) as Tracker[string]) };
  mkdirSync(at(name, feed), { recursive: true });
  writeFileSync(at(name, feed, 'json'), JSON.stringify(tracker));
  return at(name);
}

async function run(...args: readonly string[]): Promise<void> {
  expect(await clarion([...args, '--config', at('clarion.yaml')])).toMatchObject({ code: 0 });
}

async function serve(directory = at('db')): Promise<void> {
  const hosts = [receiver.host, new URL(blobs.url).host].join(',');
  serving = startServiceProcess('cli', {}, [
    ...['serve', '--db', directory, '--config', at('clarion.yaml'), '--no-updates'],
    ...['--listen', '127.0.0.1:0', '--introspection-port', '0', '--allow-host', hosts, '--insecure-host', hosts],
  ]);
  await serving.line('Started');
  const url = /http:\/\/[\d.]+:\d+/.exec(serving.errors())?.[0] ?? '';
  api = apiClient(url, readFileSync(join(directory, 'administrator-token'), 'utf8').trim());
}

async function stop(): Promise<void> {
  serving.kill('SIGTERM');
  expect(await serving.ended).toBe(0);
}

async function submit(): Promise<void> {
  for (const { digest, blob } of image.layers) blobs.put(digest, blob);
  const layers = image.layers.map(({ digest }) => ({ digest, url: `${blobs.url}${digest}` }));
  expect((await api.call('POST', '/images', { digest: image.manifestDigest, layers })).status).toBeLessThan(300);
  await api.until(`/images/${image.manifestDigest}`, ({ json }) => json.state === 'indexed');
}

interface Counted {
  readonly severities: { readonly High: number } | null;
}

async function listed(): Promise<number | null> {
  const { json } = await api.call('GET', `/images/${image.manifestDigest}`);
  return (json as unknown as Counted).severities?.High ?? null;
}

async function reported(): Promise<number> {
  const { json } = await api.call('GET', `/images/${image.manifestDigest}/report`);
  return (json as unknown as { readonly summary: { readonly High: number } }).summary.High;
}

const notified = (): readonly string[] =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { readonly subject: string }).subject);

/** The counts in the list agree with the report of the image. Resolves to the number of severe findings. */
async function countsAgree(): Promise<number> {
  const high = await reported();
  await until(`the list counts ${high}`, async () => (await listed()) === high, { seconds: 60 });
  return high;
}

beforeAll(async () => {
  [receiver, blobs] = [await startWebhookReceiver(), await startFeedServer()];
  writeFileSync(at('clarion.yaml'), 'feeds:\n  disable: [nvd, epss, cisa-kev]\n');
});

afterEach(stop);

afterAll(async () => {
  await receiver.close();
  await blobs.close();
  folder.remove();
});

it('counts images of a bundle with several feeds, imported before serve starts and while it runs', async () => {
  const mirror = writeMirror('zero', []);
  cpSync(join(sampleFeeds, 'alpine-secdb'), join(mirror, 'alpine-secdb'), { recursive: true });
  await run('update', feed, 'alpine-secdb', '--from', mirror, '--db', at('bundled'));
  await run('db', 'export', at('bundle-one.gz'), '--db', at('bundled'));
  await run('db', 'import', at('bundle-one.gz'), '--db', at('early'));
  await serve(at('early'));
  await submit();
  const early = await countsAgree();
  expect(early).toBeGreaterThan(0);
  await stop();

  await serve(at('late'));
  await submit();
  expect(await listed()).toBeNull();
  await run('db', 'import', at('bundle-one.gz'), '--db', at('late'));
  await until('the bundle is counted', async () => (await listed()) !== null, { seconds: 60 });
  expect(await countsAgree()).toBe(early);
}, 300_000);

it('counts a first load, notifies and counts later changes, bundles too; also while serve is down', async () => {
  await serve();
  const { status } = await api.call('POST', '/endpoints', { url: receiver.url, allowInsecure: true });
  expect(status).toBe(201);
  await submit();
  expect(await listed()).toBeNull();

  await run('update', feed, '--from', writeMirror('one', []), '--db', at('db'));
  await until('the first load is counted', async () => (await listed()) !== null, { seconds: 60 });
  const first = await countsAgree();
  expect(notified()).toEqual([]);

  await run('update', feed, '--from', writeMirror('two', ['CVE-2099-1']), '--db', at('db'));
  await until('the change is notified', () => notified().includes('CVE-2099-1'), { seconds: 60 });
  const one = (await countsAgree()) - first;
  expect(one).toBeGreaterThan(0);

  await run('update', feed, '--from', writeMirror('three', ['CVE-2099-2']), '--db', at('other'));
  await run('db', 'export', at('bundle.gz'), '--db', at('other'));
  await run('db', 'import', at('bundle.gz'), '--db', at('db'));
  await until('the bundle is notified', () => notified().includes('CVE-2099-2'), { seconds: 60 });
  expect(await countsAgree()).toBe(first + one);

  await stop();
  await run('update', feed, '--from', writeMirror('four', ['CVE-2099-2', 'CVE-2099-3']), '--db', at('db'));
  await serve();
  await until('what was changed meanwhile is notified', () => notified().includes('CVE-2099-3'), { seconds: 60 });
  expect(await countsAgree()).toBe(first + 2 * one);
  expect(notified().filter((id) => id === 'CVE-2099-2')).toHaveLength(1);
}, 300_000);
