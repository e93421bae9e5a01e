import type { PackageType, PlacedFeature } from '@clarion/model';
import { namespaceFamily } from '@clarion/model';
import { PackageURL } from 'packageurl-js';

const purlTypes = { dpkg: 'deb', apk: 'apk', rpm: 'rpm' } as const satisfies Record<PackageType, string>;

/** Vendor names of package URLs where they differ from our namespace families. */
const vendors = new Map([
  ['rhel', 'redhat'],
  ['sles', 'suse'],
  ['sle-micro', 'suse'],
  ['sl-micro', 'suse'],
  ['opensuse-leap', 'opensuse'],
  ['opensuse-tumbleweed', 'opensuse'],
]);

/**
 * The package URL of a feature, with the qualifiers that other scanners match by: `arch`, `distro`, `epoch` (rpm only),
 * `rpmmod` and `upstream` (the source package where it is another name or version).
 * Spec: https://github.com/package-url/purl-spec/tree/main/types
 */
export function purlOf(feature: PlacedFeature): string {
  const family = feature.namespace === null ? undefined : namespaceFamily(feature.namespace);
  const { epoch, version } = feature.type === 'rpm' ? splitEpoch(feature.version) : { version: feature.version };
  const qualifiers = {
    arch: feature.architecture ?? '',
    distro: distroOf(feature.namespace),
    epoch: epoch ?? '',
    rpmmod: feature.module ?? '',
    upstream: upstreamOf(feature),
  };
  // Names that no package manager accepts (only blanks) must not end the report.
  const name = feature.name.trim() === '' ? 'unnamed' : feature.name;
  const vendor = family === undefined ? undefined : (vendors.get(family) ?? family);
  const purl = new PackageURL(purlTypes[feature.type], vendor, name, version, qualifiers, undefined);
  // The library leaves `+` as it is; the specification wants it escaped, and form decoders would make it a blank.
  return purl.toString().replaceAll('+', '%2B');
}

/** `debian-12`, `alpine-3.20`: the spelling of the distribution's own VERSION_ID, which other scanners compare. */
function distroOf(namespace: string | null): string {
  return (namespace ?? '').replace(':v', '-').replace(':', '-');
}

function splitEpoch(version: string): { readonly epoch?: string; readonly version: string } {
  const colon = version.indexOf(':');
  return colon < 0 ? { version } : { epoch: version.slice(0, colon), version: version.slice(colon + 1) };
}

function upstreamOf(feature: PlacedFeature): string {
  const { source } = feature;
  if (source === undefined) return '';
  if (feature.type === 'rpm') return `${source.name}-${source.version}.src.rpm`;
  if (source.version !== feature.version) return `${source.name}@${source.version}`;
  return source.name === feature.name ? '' : source.name;
}
