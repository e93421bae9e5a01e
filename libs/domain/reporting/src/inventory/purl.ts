import { distributionOf } from '@clarion/distributions';
import { ecosystemOf } from '@clarion/ecosystems';
import { namespaceFamily, type PlacedFeature } from '@clarion/model';

/**
 * The package URL of a feature, with the qualifiers that other scanners match by: `arch`, `distro` (packages of a
 * distribution), `epoch` (rpm only), `rpmmod` and `upstream` (the source package where it has another name or version).
 * The user's own types are `generic`, with the type as namespace: no such type is registered. Packages whose type needs
 * a namespace that is not known (a jar without a group) are `generic` too.
 * Spec: https://github.com/package-url/purl-spec/tree/main/types
 */
export function purlOf(feature: PlacedFeature): string {
  const { epoch, version } = feature.type === 'rpm' ? splitEpoch(feature.version) : { version: feature.version };
  const row = ecosystemOf(feature.type);
  // Sorted by key, as the canonical form demands.
  const qualifiers = [
    ['arch', feature.architecture],
    ['distro', row !== undefined && row.namespace === undefined ? distroOf(feature.namespace) : ''],
    ['epoch', epoch],
    ['rpmmod', feature.module],
    ['upstream', upstreamOf(feature)],
  ] as const;
  const segments = segmentsOf(feature).map(escaped).join('/');
  const query = qualifiers.flatMap(([key, value]) => (value ? [`${key}=${escaped(value)}`] : []));
  return `pkg:${segments}@${escaped(version).replaceAll('%3A', ':')}${query.length > 0 ? '?' : ''}${query.join('&')}`;
}

/** Type, namespace if there is one, and name. */
function segmentsOf({ type, namespace, name }: PlacedFeature): readonly string[] {
  // Names that no package manager accepts (only blanks) must not fail the report.
  const named = name.trim() === '' ? 'unnamed' : name;
  const row = ecosystemOf(type);
  const purlType = row === undefined ? 'generic' : (row.purlType ?? row.type);
  if (row?.namespace === undefined) return [purlType, ...vendorOf(namespace), named];
  // Empty segments are invalid.
  const parts = row.purlName?.(named).split('/') ?? [named];
  const usable = parts.filter((part) => part.trim() !== '');
  // A manifest or file name may name no group: then the name alone is no package of Maven.
  if (row.purlNeedsNamespace === true && usable.length < 2)
    return ['generic', ...(usable.length === 0 ? ['unnamed'] : usable)];
  return [purlType, ...(usable.length === 0 ? ['unnamed'] : usable)];
}

/** The distribution, or the user's own type. */
function vendorOf(namespace: string | null): readonly string[] {
  if (namespace === null) return [];
  return [distributionOf(namespace)?.purlNamespace ?? namespaceFamily(namespace)];
}

/** Percent-encoded, all but letters, digits and `.-_~`; text that is not valid Unicode (a lone surrogate) is repaired first, since it cannot be encoded. */
function escaped(text: string): string {
  const encoded = encodeURIComponent(Buffer.from(text).toString());
  return encoded.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
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
