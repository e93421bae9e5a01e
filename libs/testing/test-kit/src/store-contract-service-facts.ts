import type {
  AffectedImage,
  ImageComposition,
  NotificationDelivery,
  NotificationEndpoint,
  Notification,
  Page,
  PageRequest,
  PlacedFeature,
  AdvisoryChange,
  StoredImage,
  Submission,
} from '@clarion/model';

import { testDigest, testImage } from './store-contract-facts';

/**
 * Reads page after page. Throws if one is larger than requested, or is empty although it was announced, or if the pages
 * never end.
 */
export async function everyPage<T>(ask: (page: PageRequest) => Promise<Page<T>>, limit: number): Promise<readonly T[]> {
  const all: T[] = [];
  let after: string | undefined;
  for (let asked = 0; asked < 1000; asked += 1) {
    const { items, next } = await ask({ limit, ...(after === undefined ? {} : { after }) });
    if (items.length > limit) throw new Error(`a page of ${items.length}, at most ${limit} were asked for`);
    all.push(...items);
    if (next === undefined) return all;
    if (items.length === 0) throw new Error('an empty page that is not the last one');
    after = next;
  }
  throw new Error('pages without end');
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Yields the given pages. */
export async function* pagesOf<T>(...pages: readonly (readonly T[])[]): AsyncGenerator<readonly T[]> {
  for (const page of pages) yield await Promise.resolve(page);
}

/** How an indexed image was submitted. */
export function testSubmission(changes: Partial<Submission> = {}): Submission {
  return {
    id: '0190163d-8694-739b-aea5-966c26f8ad91',
    state: 'indexed',
    origin: { kind: 'registry', reference: `registry.example/team/app@${testDigest(1)}` },
    submittedAt: '2024-03-01T10:00:00Z',
    ...changes,
  };
}

/** An image that was submitted and is indexed. */
export function submittedImage(seed: number, changes: Partial<StoredImage> = {}): StoredImage {
  return testImage(seed, {
    submission: testSubmission(),
    references: [`registry.example/team/app:${seed}`],
    composition: testComposition(1).id,
    ...changes,
  });
}

/** A composition; its id has the form of a real one. */
export function testComposition(seed: number): ImageComposition {
  const layer = testDigest(seed);
  return {
    id: seed.toString(16).padStart(64, '0'),
    namespaces: [{ id: 'debian:12', packageType: 'dpkg', path: 'etc/os-release', layer }],
    channels: [],
    evidence: [{ kind: 'repository', value: '__proto__', path: 'etc/apt/sources.list', layer }],
    ...{ packages: 2, unplaced: 1, otherNamespaces: ['__proto__', 'npm'] },
  };
}

/** A package of an image. */
export function placedFeature(name: string, changes: Partial<PlacedFeature> = {}): PlacedFeature {
  const path = 'var/lib/dpkg/status';
  return { type: 'dpkg', name, version: '1.0-1', path, namespace: 'debian:12', layer: testDigest(1), ...changes };
}

/** What an update changed about one package. */
export function testChange(changes: Partial<AdvisoryChange> = {}): AdvisoryChange {
  return {
    update: '0190163d-8694-739b-aea5-000000000001',
    vulnerability: 'CVE-2024-0001',
    feed: 'feed-a',
    namespace: 'debian:12',
    package: 'openssl',
    document: 'main',
    nameKind: 'source',
    scheme: 'dpkg',
    before: [],
    after: [{ id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '1.2-3' }], severity: 'High' }],
    ...changes,
  };
}

/** A notification; ids grow with `seed`, as those made later do. */
export function testNotification(seed: number, changes: Partial<Notification> = {}): Notification {
  return {
    id: `0190163d-8694-839b-aea5-${seed.toString(16).padStart(12, '0')}`,
    update: '0190163d-8694-739b-aea5-000000000001',
    feed: 'feed-a',
    vulnerability: 'CVE-2024-0001',
    createdAt: '2024-03-01T10:00:00.000Z',
    state: 'created',
    before: null,
    after: null,
    counts: { affected: 1, cleared: 0, changed: 0 },
    namespaces: ['debian:12'],
    ...changes,
  };
}

/** The entry of an image in a notification. */
export function affectedImage(seed: number, changes: Partial<AffectedImage> = {}): AffectedImage {
  const found = { name: 'openssl', version: '1.0-1', namespace: 'debian:12', architecture: null };
  return {
    image: testDigest(seed),
    references: [`registry.example/team/app:${seed}`],
    transition: 'affected',
    before: [],
    after: [{ ...found, state: 'fixed', severity: 'High', fixedIn: '1.2-3' }],
    ...changes,
  };
}

/** A webhook receiver. */
export function testEndpoint(id: string, changes: Partial<NotificationEndpoint> = {}): NotificationEndpoint {
  return {
    id,
    url: 'https://hooks.example/clarion',
    mode: 'cloudevents',
    secrets: [{ secret: 'v1.bm9uY2U.dGFn.dGV4dA' }],
    filter: {},
    allowInsecure: false,
    fullBody: false,
    createdAt: '2024-03-01T10:00:00.000Z',
    ...changes,
  };
}

/** A delivery of notification number `seed` that is due since 10:00. */
export function testDelivery(
  seed: number,
  endpoint: string,
  changes: Partial<NotificationDelivery> = {},
): NotificationDelivery {
  return {
    notification: testNotification(seed).id,
    endpoint,
    state: 'pending',
    nextAttemptAt: '2024-03-01T10:00:00.000Z',
    attempts: 0,
    log: [],
    createdAt: '2024-03-01T10:00:00.000Z',
    ...changes,
  };
}
