import type {
  AdvisoryGroup,
  ImageComposition,
  LayerIndex,
  Notification,
  NotificationDelivery,
  PlacedFeature,
  Store,
  StoredImage,
  WorkItem,
} from '@clarion/model';

/** How many of each are in a filled store. */
const layers = 30;
const images = 60;
const compositions = 6;
export const packagesEach = 60;
const notifications = 40;
export const updates = 5;

/** A digest for number `n`. */
export function digestOf(n: number): string {
  return `sha256:${n.toString(16).padStart(64, '0')}`;
}

export function compositionId(n: number): string {
  return (n % compositions).toString(16).padStart(64, '0');
}

export function packageName(n: number): string {
  return `package-${String(n).padStart(3, '0')}`;
}

/** Ids that can have scores: several in a page. */
export function vulnerabilityId(n: number): string {
  return `CVE-2024-${1000 + n * 7}`;
}

export function updateId(n: number): string {
  return `0190163d-8694-739b-aea5-${String(n).padStart(12, '0')}`;
}

export function timeOfUpdate(n: number): string {
  return new Date(Date.UTC(2026, 0, n)).toISOString();
}

const at = '2026-01-01T00:00:00.000Z';
export const feeds = ['feed-a', 'feed-b'] as const;

/** Fills an empty store with some of everything that reports, searches, the history and lists read. */
export async function fillStore(store: Store): Promise<void> {
  for (let n = 0; n < layers; n += 1) await store.putLayer(layer(n));
  for (let n = 0; n < compositions; n += 1) {
    await store.putComposition(composition(n), features(n));
    await store.putCounts(compositionId(n), { Critical: 0, High: n, Medium: 1, Low: 0, Negligible: 0, Unknown: 0 });
    await store.planDeadlineChecks([compositionId(n)], timeOfUpdate(n + 1));
  }
  for (let n = 0; n < images; n += 1) {
    await store.changeImage(digestOf(n), () => image(n));
    const tag = { repository: `registry.example/team/app-${n % 5}`, tag: String(n % 10) };
    await store.moveTag(tag, digestOf(n), { at });
  }
  for (const feed of feeds) for (let n = 1; n <= updates; n += 1) await update(store, feed, n);
  await fillNotifications(store);
}

async function fillNotifications(store: Store): Promise<void> {
  await store.putEndpoint({
    ...{ id: 'endpoint', url: 'https://hooks.example', mode: 'cloudevents', secrets: [], filter: {} },
    ...{ allowInsecure: false, fullBody: false, createdAt: at },
  });
  for (let n = 0; n < notifications; n += 1) {
    await store.putNotification(notification(n), affected(n));
    await store.addDeliveries([delivery(n)]);
    const event = { type: 'image.submitted', digest: digestOf(n) } as unknown as WorkItem;
    await store.putDeadLetter({ id: `letter-${n}`, event, at, deliveries: 5, code: 'no-data', message: 'x' });
  }
}

function layer(n: number): LayerIndex {
  const nothing = {
    whiteouts: [],
    opaques: [],
    symlinks: [],
    hardlinks: [],
    files: [],
    obstacles: [],
    directories: [],
  };
  const facts = { features: [], namespaces: [], problems: [], files: ['var/lib/dpkg/status'] };
  const detections = ['dpkg', 'apk'].map((detector) => ({ detector, version: 1, ...facts }));
  const of = { diffId: digestOf(n), blobs: [digestOf(n + 1000)], size: n, entries: 1 };
  return { ...of, structure: nothing, detections, problems: [] };
}

function composition(n: number): ImageComposition {
  const namespaces = [{ id: 'debian:12', packageType: 'dpkg' as const, path: 'etc/os-release', layer: digestOf(n) }];
  const counts = { packages: packagesEach, unplaced: 0, otherNamespaces: [] };
  return { id: compositionId(n), namespaces, channels: [], evidence: [], ...counts };
}

function features(n: number): readonly PlacedFeature[] {
  return Array.from({ length: packagesEach }, (_, number) => ({
    ...{ type: 'dpkg', name: packageName(number + n), version: '1.0-1', path: 'var/lib/dpkg/status' },
    ...{ namespace: 'debian:12', layer: digestOf(n) },
  }));
}

function image(n: number): StoredImage {
  const reference = `registry.example/team/app-${n % 5}:${n}`;
  const platform = { os: 'linux', architecture: 'amd64' };
  const state = n % 4 === 0 ? 'failed' : 'indexed';
  return {
    manifestDigest: digestOf(n),
    image: { reference, manifestDigest: digestOf(n), platform, layers: [{ diffId: digestOf(n % layers) }] },
    layers: [digestOf(n % layers)],
    usedAt: at,
    references: [reference],
    submission: { id: updateId(n), state, origin: { kind: 'registry', reference }, submittedAt: at },
    composition: compositionId(n),
  };
}

/** Changes every package, record, score and repository of a feed. */
async function update(store: Store, feed: string, n: number): Promise<void> {
  const writer = await store.writeFeed(feed);
  const logged = { feed, update: updateId(n), silent: true } as const;
  for (let number = 0; number < packagesEach; number += 1) {
    const id = vulnerabilityId(number);
    const key = { namespace: 'debian:12', package: packageName(number), feed, document: 'd' };
    const list = (of: number) => [{ id, state: 'affected', reason: String(of) } as const];
    const group: AdvisoryGroup = { ...key, nameKind: 'source', scheme: 'dpkg', advisories: list(n) };
    await writer.put(group, String(n));
    const { advisories: after, ...where } = group;
    if (n > 1) await writer.putChange({ ...where, ...logged, vulnerability: id, before: list(n - 1), after });
    const text = (of: number) => ({ feed, id: `RECORD-${number}`, description: String(of) });
    const score = (of: number) => ({ feed, id, epss: { score: of / 100 } });
    await writer.putText(text(n));
    await writer.putText(score(n));
    if (n === 1) continue;
    await writer.putChange({ ...logged, vulnerability: text(n).id, before: text(n - 1), after: text(n) });
    await writer.putChange({ ...logged, vulnerability: id, before: score(n - 1), after: score(n) });
  }
  await writer.putRepository({ feed, repository: 'baseos', cpes: [String(n)] });
  if (n > 1) await writer.putChange({ ...logged, repository: 'baseos', before: [String(n - 1)], after: [String(n)] });
  const comparison = { nameKind: 'source', scheme: 'dpkg' } as const;
  const group = { ...logged, namespace: 'debian:12', package: packageName(n), document: 'd' };
  if (n > 1)
    await writer.putChange({ ...group, before: comparison, after: { ...comparison, epochs: 'auto' as const } });
  const counts = { groups: packagesEach, statements: packagesEach, problems: 0, problemSamples: [] };
  const first = n === 1 ? { first: true as const } : {};
  await writer.commit(
    { feed, parserVersion: 1, documents: {}, ...counts },
    { update: updateId(n), at: timeOfUpdate(n), ...first },
  );
}

export function notificationId(n: number): string {
  return `0190163d-8694-839b-aea5-${String(n).padStart(12, '0')}`;
}

function notification(n: number): Notification {
  const of = { id: notificationId(n), update: updateId(2), feed: 'feed-a', vulnerability: vulnerabilityId(n) };
  const counts = { affected: 1, cleared: 0, changed: 0 };
  const state = n % 3 === 0 ? 'delivered' : 'created';
  return { ...of, createdAt: at, state, before: null, after: null, counts, namespaces: ['debian:12'] };
}

async function* affected(n: number) {
  const found = { name: packageName(n), version: '1.0-1', namespace: 'debian:12', architecture: null };
  const after = [{ ...found, state: 'fixed' as const, severity: 'High' as const, fixedIn: '2' }];
  yield await Promise.resolve([
    {
      image: digestOf(n),
      references: [`registry.example/team/app:${n}`],
      transition: 'affected' as const,
      before: [],
      after,
    },
  ]);
}

function delivery(n: number): NotificationDelivery {
  const times = { nextAttemptAt: at, createdAt: at };
  return { notification: notificationId(n), endpoint: 'endpoint', state: 'pending', attempts: 0, log: [], ...times };
}
