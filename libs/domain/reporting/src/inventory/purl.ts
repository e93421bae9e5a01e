import { distributionOf, packageKindOf } from '@clarion/distributions';
import { isOwnName, namespaceFamily, type PlacedFeature } from '@clarion/model';

/**
 * The package URL of a feature, with the qualifiers that other scanners match by: `arch`, `distro`, `epoch` (rpm only),
 * `rpmmod` and `upstream` (the source package where it has another name or version). The user's own types are
 * `generic`, with the type as namespace: no such type is registered.
 * Spec: https://github.com/package-url/purl-spec/tree/main/types
 */
export function purlOf(feature: PlacedFeature): string {
  const family = feature.namespace === null ? undefined : namespaceFamily(feature.namespace);
  const { epoch, version } = feature.type === 'rpm' ? splitEpoch(feature.version) : { version: feature.version };
  // Sorted by key, as the canonical form demands.
  const qualifiers = [
    ['arch', feature.architecture],
    ['distro', isOwnName(feature.type) ? '' : distroOf(feature.namespace)],
    ['epoch', epoch],
    ['rpmmod', feature.module],
    ['upstream', upstreamOf(feature)],
  ] as const;
  // Names that no package manager accepts (only blanks) must not fail the report.
  const name = feature.name.trim() === '' ? 'unnamed' : feature.name;
  const vendor = distributionOf(feature.namespace)?.purlNamespace ?? family;
  const type = packageKindOf(feature.type)?.purlType ?? 'generic';
  const place = [type, vendor, name].filter((part) => part !== undefined).map(escaped);
  const query = qualifiers.flatMap(([key, value]) => (value ? [`${key}=${escaped(value)}`] : []));
  return `pkg:${place.join('/')}@${escaped(version).replaceAll('%3A', ':')}${query.length > 0 ? '?' : ''}${query.join('&')}`;
}

/** Percent-encoded; text that is not valid Unicode (a lone surrogate) is repaired first, since it cannot be encoded. */
function escaped(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString());
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
