import type { RunningRegistry } from '../distribution-registry';
import type { FeedServer } from '../feed-server';
import { type BuiltImage, buildImage, file } from '../image-builder';
import { until } from '../until';
import type { ApiAnswer, ApiClient } from './api-client';
import type { WebhookReceiver } from './webhook-receiver';

/** The surroundings of an installation that is filled. It must be allowed to reach all of them. */
export interface FillingSetup {
  readonly api: ApiClient;
  /** Its feeds come from here, one folder per feed id. */
  readonly feeds: FeedServer;
  /** Without authentication. */
  readonly registry: RunningRegistry;
  readonly receiver: WebhookReceiver;
  readonly files: FillingFiles;
}

export interface FillingFiles {
  /** A Debian security tracker document that names `openssl`. */
  readonly tracker: string;
  /** `os-release` and dpkg status of a Debian image that has it. */
  readonly osRelease: string;
  readonly status: string;
}

/** What an installation answers after it was filled. */
export interface FilledInstallation {
  /** Ids of the findings of each indexed image, sorted. */
  readonly findings: Readonly<Record<string, readonly string[]>>;
  /** Vulnerabilities of its notifications. */
  readonly notified: readonly string[];
  readonly endpoints: readonly string[];
}

const feed = 'debian-security-tracker';
const packages = 1100;
const scores = [
  '#model_version:v2025.03.14,score_date:2026-01-01T00:00:00+0000',
  'cve,epss,percentile',
  'CVE-2023-45853,0.50000,0.90000',
  'CVE-2024-0001,0.10000,0.20000',
  '',
].join('\n');

/** One stanza of a dpkg status for each package: more than a store keeps in one record. */
function manyPackages(): string {
  const stanzas = Array.from({ length: packages }, (_, at) =>
    [`Package: lib${at}`, 'Status: install ok installed', 'Architecture: amd64', `Version: 1.${at}-1`, ''].join('\n'),
  );
  return `\n${stanzas.join('\n')}\n`;
}

function trackerWith(tracker: string, flaw: string): string {
  const document = JSON.parse(tracker) as Record<string, Record<string, unknown>>;
  const releases = { bookworm: { status: 'resolved', fixed_version: '99:1', urgency: 'high', repositories: {} } };
  document['openssl'] = { ...document['openssl'], [flaw]: { releases } };
  return JSON.stringify(document);
}

/**
 * Fills an empty installation through its API with some of everything that it stores: feeds of packages, scores and
 * exploited flaws, own data, indexed and failed images, a moved tag, endpoints, notifications, deliveries that were
 * made and that wait.
 */
export async function fillInstallation(setup: FillingSetup): Promise<FilledInstallation> {
  const { api, feeds, receiver, files } = setup;
  feeds.put(`${feed}/json`, files.tracker);
  feeds.put('epss/epss_scores-current.csv', scores);
  const exploited = ['CVE-2023-45853', 'CVE-1999-0001'].map((cveID) => ({ cveID, dateAdded: '2026-01-01' }));
  feeds.put('cisa-kev/known_exploited_vulnerabilities.json', JSON.stringify({ count: 2, vulnerabilities: exploited }));
  for (const id of [feed, 'epss', 'cisa-kev']) await updated(api, id);

  await createEndpoint(api, receiver.url);
  // Nothing listens there: its deliveries wait for their next attempt.
  await createEndpoint(api, 'http://127.0.0.1:1/hook');
  const base = (status: string) => [file('etc/os-release', files.osRelease), file('var/lib/dpkg/status', status)];
  const imageOf = (status: string, app: string): BuiltImage =>
    buildImage({ layers: [base(status), [file('app', app)]], compression: 'gzip' });
  const [one, two, large] = [
    imageOf(files.status, 'one'),
    imageOf(files.status, 'two'),
    imageOf(`${files.status.trimEnd()}\n${manyPackages()}`, 'large'),
  ];
  await submit(setup, one, 'team/app:1');
  await submit(setup, large, 'team/large:1');
  await putOwnVulnerability(api);
  await submitBroken(setup);

  feeds.put(`${feed}/json`, trackerWith(files.tracker, 'CVE-2026-90001'));
  await updated(api, feed);
  await until('the change is delivered', () => receiver.received.length > 0, { seconds: 120 });
  await api.until('/notifications?state=delivered', ({ json }) => json.items.length > 0, 5).catch(() => undefined);
  // The tag is moved to another image of the same composition.
  await submit(setup, two, 'team/app:1');
  return installationAnswers(api, [one, two, large]);
}

/** What an installation answers now about these images, and its notifications and endpoints. */
export async function installationAnswers(
  api: ApiClient,
  images: readonly Pick<BuiltImage, 'manifestDigest'>[],
): Promise<FilledInstallation> {
  const findings = images.map(async ({ manifestDigest }): Promise<readonly [string, readonly string[]]> => {
    const { status, json, text } = await api.call('GET', `/images/${manifestDigest}/report`);
    if (status !== 200) throw new Error(`${manifestDigest} has no report: ${text}`);
    return [manifestDigest, [...new Set(json.findings.map(({ id }) => id))].sort()];
  });
  const [{ json: notifications }, { json: endpoints }] = [
    await api.call('GET', '/notifications?limit=1000'),
    await api.call('GET', '/endpoints'),
  ];
  return {
    findings: Object.fromEntries(await Promise.all(findings)),
    notified: notifications.items.map(({ vulnerability }) => vulnerability).sort(),
    endpoints: endpoints.items.map(({ id }) => id).sort(),
  };
}

function accepted(answer: ApiAnswer): ApiAnswer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}

async function updated(api: ApiClient, id: string): Promise<void> {
  const stateOf = ({ json }: ApiAnswer): string | undefined => json.items.find((one) => one.id === id)?.lastSuccess;
  const before = stateOf(await api.call('GET', '/feeds'));
  accepted(await api.call('POST', `/feeds/${id}/update`));
  await api.until('/feeds', (answer) => ![undefined, before].includes(stateOf(answer)), 60);
}

async function createEndpoint(api: ApiClient, url: string): Promise<void> {
  accepted(await api.call('POST', '/endpoints', { url, allowInsecure: true }));
}

async function submit({ api, registry }: FillingSetup, image: BuiltImage, name: string): Promise<void> {
  const [repository = '', tag = ''] = name.split(':');
  await registry.pushImage(repository, tag, image);
  accepted(await api.call('POST', '/images', { reference: `${registry.host}/${name}` }));
  await api.until(`/images/${image.manifestDigest}?wait=10s`, ({ json }) => json.state === 'indexed', 120);
}

/** An image whose layer has another content than its digest says. */
async function submitBroken({ api, feeds }: FillingSetup): Promise<void> {
  const image = buildImage({ layers: [[file('etc/os-release', 'ID=debian')]], compression: 'gzip' });
  feeds.put('broken', 'something else');
  const layers = image.layers.map(({ digest }) => ({ digest, url: `${feeds.url}broken` }));
  accepted(await api.call('POST', '/images', { digest: image.manifestDigest, layers }));
  await api.until(`/images/${image.manifestDigest}?wait=10s`, ({ json }) => json.state === 'failed', 120);
}

async function putOwnVulnerability(api: ApiClient): Promise<void> {
  const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '99:1' }] };
  const affected = { package: { ecosystem: 'debian:12', name: 'zlib' }, ranges: [range] };
  const record = { affected: [{ ...affected, database_specific: { severity: 'LOW' } }] };
  accepted(await api.call('PUT', '/own-vulnerabilities/debian:12/OWN-2026-1', record));
}
