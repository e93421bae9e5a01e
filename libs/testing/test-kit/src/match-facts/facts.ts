import {
  type AdvisoryStore,
  type FeedSource,
  type Advisory,
  type AdvisoryGroup,
  coversNamespace,
  type EffectiveImage,
  type FeedState,
  type FeedStore,
  type PlacedFeature,
  type PlacedNamespace,
  type RepositoryProducts,
  type Vulnerability,
  type VulnerabilityStore,
  type VulnerabilityRecord,
} from '@clarion/model';

type FeedInfo = Pick<FeedSource, 'id' | 'name' | 'namespaces' | 'refreshMinutes' | 'enabled' | 'own'> &
  Partial<Pick<FeedSource, 'rates' | 'describesAll' | 'listsExploited' | 'writtenHere'>>;
type MatchFacts = Pick<AdvisoryStore, 'advisories' | 'packageNames' | 'repositories'> &
  Pick<VulnerabilityStore, 'vulnerabilities'> &
  Pick<FeedStore, 'feedStates'>;

/** What every report is made under. */
export interface RequiredOptions {
  readonly feeds: readonly FeedInfo[];
  readonly now: Date;
  readonly clarionVersion: string;
}

export const base = `sha256:${'a'.repeat(64)}`;
export const top = `sha256:${'b'.repeat(64)}`;
export const loadedAt = '2025-11-20T06:00:00Z';
export const now = new Date('2025-11-20T12:00:00Z');

export const debianFeed: FeedInfo = { id: 'debian-security-tracker', namespaces: ['debian:*'], refreshMinutes: 60 };
export const alpineFeed: FeedInfo = { id: 'alpine-secdb', namespaces: ['alpine:*'], refreshMinutes: 60 };
export const options: RequiredOptions = { feeds: [debianFeed, alpineFeed], now, clarionVersion: '0.1.0' };

/** An installed Debian binary package. */
export function deb(name: string, version: string, more: Partial<PlacedFeature> = {}): PlacedFeature {
  const path = 'var/lib/dpkg/status';
  return { type: 'dpkg', name, version, architecture: 'amd64', namespace: 'debian:12', path, layer: base, ...more };
}

/** An installed Alpine package; the origin is a package of the same version. */
export function apk(name: string, version: string, more: Partial<PlacedFeature> = {}): PlacedFeature {
  const path = 'lib/apk/db/installed';
  return { type: 'apk', name, version, architecture: 'x86_64', namespace: 'alpine:v3.20', path, layer: base, ...more };
}

/** An installed rpm package. */
export function rpm(name: string, version: string, more: Partial<PlacedFeature> = {}): PlacedFeature {
  const path = 'var/lib/rpm/rpmdb.sqlite';
  return { type: 'rpm', name, version, architecture: 'x86_64', namespace: 'rhel:9', path, layer: base, ...more };
}

export function namespaceOf(id: string, packageType: PlacedNamespace['packageType'] = 'dpkg'): PlacedNamespace {
  return { id, packageType, path: 'etc/os-release', layer: base };
}

/** An image of the namespace its features have. */
export function imageOf(features: readonly PlacedFeature[], more: Partial<EffectiveImage> = {}): EffectiveImage {
  const [first] = features;
  const namespace = first?.namespace ?? null;
  return {
    image: {
      reference: 'example:latest',
      manifestDigest: `sha256:${'c'.repeat(64)}`,
      platform: { os: 'linux', architecture: 'amd64' },
      layers: [{ digest: `sha256:${'d'.repeat(64)}`, createdBy: 'ADD rootfs' }, {}],
    },
    layers: [base, top],
    namespaces: first === undefined || namespace === null ? [] : [namespaceOf(namespace, first.type)],
    channels: [],
    evidence: [],
    features,
    problems: [],
    ...more,
  };
}

/** Advisories about a source package of Debian 12 by default. */
export function group(name: string, advisories: readonly Advisory[], more: Partial<AdvisoryGroup> = {}): AdvisoryGroup {
  return {
    namespace: 'debian:12',
    package: name,
    feed: debianFeed.id,
    document: 'json',
    nameKind: 'source',
    scheme: 'dpkg',
    advisories,
    ...more,
  };
}

/** Advisories about a source package of Alpine 3.20 by default. */
export function secdb(name: string, advisories: readonly Advisory[], more: Partial<AdvisoryGroup> = {}): AdvisoryGroup {
  const defaults = { namespace: 'alpine:v3.20', feed: alpineFeed.id, document: 'v3.20/main', scheme: 'apk' };
  return group(name, advisories, { ...defaults, ...more });
}

export function fixed(id: string, version: string, more: Partial<Advisory> = {}): Advisory {
  return { id, state: 'fixed', ranges: [{ fixed: version }], ...more };
}

export function stateOf(feed: string, namespaces: readonly string[], more: Partial<FeedState> = {}): FeedState {
  return {
    feed,
    parserVersion: 1,
    documents: { all: { validators: {}, groups: 1, namespaces } },
    lastAttempt: loadedAt,
    lastSuccess: loadedAt,
    groups: 1,
    statements: 1,
    problems: 0,
    problemSamples: [],
    ...more,
  };
}

/** Feed states as an update that brought these groups would leave them. */
export function statesOf(groups: readonly AdvisoryGroup[]): readonly FeedState[] {
  const feeds = [...new Set(groups.map(({ feed }) => feed))];
  return feeds.map((id) => stateOf(id, [...new Set(groups.filter((g) => g.feed === id).map((g) => g.namespace))]));
}

/** Feeds in the form of a configuration, for these facts: about every namespace, or describing vulnerabilities only. */
export function feedsSaying(
  groups: readonly AdvisoryGroup[],
  texts: readonly Pick<VulnerabilityRecord, 'feed'>[] = [],
  repositories: readonly RepositoryProducts[] = [],
): readonly FeedInfo[] {
  const known = new Map(options.feeds.map((feed) => [feed.id, feed]));
  const add = (id: string, namespaces: readonly string[]): void => {
    known.set(id, { id, namespaces, rates: true, refreshMinutes: 60 });
  };
  for (const { feed, namespace } of groups) {
    if (known.get(feed)?.namespaces.some((pattern) => coversNamespace(pattern, namespace)) !== true) add(feed, ['*']);
  }
  for (const { feed } of repositories) if (!known.has(feed)) add(feed, ['nothing']);
  for (const { feed } of texts) if (!known.has(feed)) add(feed, []);
  return [...known.values()];
}

export interface OtherFacts {
  readonly texts?: readonly VulnerabilityRecord[];
  readonly states?: readonly FeedState[];
  readonly repositories?: readonly RepositoryProducts[];
}

/** The read side of a store with these groups: keyed lookups in the requested order, as the port requires. */
export function factsOf(
  groups: readonly AdvisoryGroup[],
  { texts = [], states, repositories = [] }: OtherFacts = {},
): MatchFacts {
  const byName = new Map<string, AdvisoryGroup[]>();
  for (const one of groups) {
    const key = JSON.stringify([one.namespace, one.package]);
    byName.set(key, [...(byName.get(key) ?? []), one]);
  }
  return {
    feedStates: () => Promise.resolve(states ?? statesOf(groups)),
    advisories: (names) => Promise.resolve(names.flatMap((name) => byName.get(JSON.stringify(name)) ?? [])),
    packageNames: (namespace) => {
      const names = groups.flatMap((one) => (one.namespace === namespace ? [one.package] : []));
      return Promise.resolve([...new Set(names)].sort());
    },
    repositories: (names) => Promise.resolve(repositories.filter(({ repository }) => names.includes(repository))),
    vulnerabilities: (ids) => {
      const known = ids.map((id): Vulnerability => ({ id, texts: texts.filter((text) => text.id === id) }));
      return Promise.resolve(known.filter((one) => one.texts.length > 0));
    },
  };
}
