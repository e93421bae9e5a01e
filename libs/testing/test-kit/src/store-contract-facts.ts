import type {
  AdvisoryGroup,
  AdvisoryStore,
  FeedStore,
  LayerDetection,
  FeedState,
  FeedWriter,
  LayerIndex,
  StoredImage,
  VulnerabilityRecord,
} from '@clarion/model';

/** A digest for test number `seed`. */
export function testDigest(seed: number): string {
  return `sha256:${seed.toString(16).padStart(64, '0')}`;
}

/** What detector `detector` found in a layer: one package that names the detector and its version. */
export function testDetection(detector: string, version: number): LayerDetection {
  return {
    detector,
    version,
    files: ['var/lib/dpkg/status'],
    features: [{ type: 'dpkg', name: `${detector}-${version}`, version: '1.0-1', path: 'var/lib/dpkg/status' }],
    namespaces: [],
    problems: [],
  };
}

/** A layer with something in every part of its structure. */
export function testLayer(seed: number, changes: Partial<LayerIndex> = {}): LayerIndex {
  return {
    diffId: testDigest(seed),
    blobs: [testDigest(seed + 1000)],
    size: 1024 * seed,
    entries: seed,
    structure: {
      whiteouts: ['etc/gone'],
      opaques: ['', 'opt'],
      symlinks: [['bin', 'usr/bin']],
      hardlinks: [['a', 'b']],
      files: ['var/lib/dpkg/status', '__proto__'],
      obstacles: ['var'],
      directories: ['usr'],
    },
    detections: [testDetection('dpkg', 1)],
    problems: [{ code: 'bad-archive-entry', path: 'x\u0000y', message: 'an entry without a name' }],
    ...changes,
  };
}

/** An image of the given layers. */
export function testImage(seed: number, changes: Partial<StoredImage> = {}): StoredImage {
  return {
    manifestDigest: testDigest(seed),
    image: {
      reference: `example/app:${seed}`,
      manifestDigest: testDigest(seed),
      platform: { os: 'linux', architecture: 'amd64' },
      layers: [{ diffId: testDigest(1), createdBy: 'COPY . /' }],
    },
    layers: [testDigest(1)],
    usedAt: '2024-03-01T10:00:00Z',
    ...changes,
  };
}

/** A group of advisories about one package. */
export function testGroup(name: string, changes: Partial<AdvisoryGroup> = {}): AdvisoryGroup {
  return {
    namespace: 'debian:12',
    package: name,
    feed: 'feed-a',
    document: 'main',
    nameKind: 'source',
    scheme: 'dpkg',
    advisories: [{ id: 'CVE-2024-0001', state: 'fixed', ranges: [{ fixed: '1.2-3' }], severity: 'High' }],
    ...changes,
  };
}

/** A feed's state after a successful update. */
export function testFeedState(feed: string, changes: Partial<FeedState> = {}): FeedState {
  return {
    feed,
    parserVersion: 1,
    documents: { main: { validators: { etag: '"1"' }, groups: 1, namespaces: ['debian:12'] } },
    lastAttempt: '2024-03-01T10:00:00Z',
    lastSuccess: '2024-03-01T10:00:00Z',
    groups: 1,
    statements: 1,
    problems: 0,
    problemSamples: [],
    peak: { since: '2024-03-01T10:00:00Z', groups: 2, statements: 3, texts: 4 },
    ...changes,
  };
}

/** The record of one feed about a vulnerability. */
export function testText(id: string, feed: string, description: string): VulnerabilityRecord {
  return { feed, id, description, cvss: [{ source: feed, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }] };
}

/** Runs one complete update of `feed`: opens a writer, lets `action` put facts, commits. */
export async function updateFeed(
  store: FeedStore,
  feed: string,
  action: (writer: FeedWriter) => Promise<void>,
): Promise<void> {
  const writer = await store.writeFeed(feed);
  await action(writer);
  await writer.commit(testFeedState(feed));
}

/** All entries of the index of hashes of one document, as `package=hash`, sorted. */
export async function hashesOf(
  store: Pick<AdvisoryStore, 'groupHashes'>,
  feed: string,
  document: string,
): Promise<string[]> {
  const found: string[] = [];
  for await (const [key, hash] of store.groupHashes(feed, document)) {
    found.push(`${key.namespace}/${key.package}/${key.feed}/${key.document}=${hash}`);
  }
  return found.sort();
}
