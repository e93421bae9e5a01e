import type { Advisory, AdvisoryGroup, Digest, EffectiveImage, PackageType, PlacedFeature } from '@clarion/model';

const schemes: Readonly<Record<string, PackageType>> = { debian: 'dpkg', alpine: 'apk', rhel: 'rpm', amzn: 'rpm' };

function typeOf(namespace: string): PackageType {
  return schemes[namespace.split(':')[0] ?? ''] ?? 'dpkg';
}

export function digest(seed: number): Digest {
  return `sha256:${seed.toString(16).padStart(64, '0')}`;
}

/** An installed package `name version [source]` of a namespace. */
export function installed(namespace: string, text: string, more: Partial<PlacedFeature> = {}): PlacedFeature {
  const [name = '', version = '', source] = text.split(' ');
  return {
    type: typeOf(namespace),
    name,
    version,
    architecture: 'amd64',
    namespace,
    path: 'db',
    layer: digest(1),
    ...(source === undefined ? {} : { source: { name: source, version } }),
    ...more,
  };
}

/** An image with these packages; `seed` distinguishes it from others. */
export function imageWith(
  seed: number,
  features: readonly PlacedFeature[],
  more: Partial<EffectiveImage> = {},
): EffectiveImage {
  const id = features[0]?.namespace ?? 'debian:12';
  return {
    image: {
      reference: `image-${seed}`,
      manifestDigest: digest(1000 + seed),
      platform: { os: 'linux', architecture: 'amd64' },
      layers: [{}],
    },
    layers: [digest(1)],
    namespaces: [{ id, packageType: typeOf(id), path: 'etc/os-release', layer: digest(1) }],
    channels: [],
    evidence: [],
    features,
    problems: [],
    ...more,
  };
}

/** The advisories of a feed about a package; feed and document are set by the update. */
export function says(
  namespace: string,
  name: string,
  advisories: readonly Advisory[],
  more: Partial<AdvisoryGroup> = {},
): AdvisoryGroup {
  return {
    namespace,
    package: name,
    feed: '',
    document: 'all',
    nameKind: 'source',
    scheme: typeOf(namespace),
    advisories,
    ...more,
  };
}

export function fixed(id: string, version: string, more: Partial<Advisory> = {}): Advisory {
  return { id, state: 'fixed', ranges: [{ fixed: version }], ...more };
}

export function open(id: string, more: Partial<Advisory> = {}): Advisory {
  return { id, state: 'affected', ...more };
}
