import { type Finding, formatPlatform, type Image } from '@clarion/model';

/** A package as answers about the past show it. */
export type ShownPackage = Pick<
  Finding['package'],
  'name' | 'version' | 'namespace' | 'type' | 'architecture' | 'path' | 'layer' | 'purl'
>;

export function shownPackage(of: Finding['package']): ShownPackage {
  const { name, version, namespace, type, architecture, path, layer, purl } = of;
  return { name, version, namespace, type, architecture, path, layer, purl };
}

/** The image of a time line or a comparison. */
export function shownImage({ reference, manifestDigest, platform }: Image): object {
  return { reference, manifestDigest: manifestDigest ?? null, platform: formatPlatform(platform) };
}

/** A state with its fix, for tables. */
export function stateText({ state, fixedIn }: Pick<Finding, 'state' | 'fixedIn'>): string {
  return fixedIn === null ? state.replaceAll('_', ' ') : `fixed in ${fixedIn}`;
}
