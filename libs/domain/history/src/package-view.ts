import type { Finding } from '@clarion/model';

/** A package as answers about the past show it. */
export type PackageView = Pick<
  Finding['package'],
  'name' | 'version' | 'namespace' | 'type' | 'architecture' | 'path' | 'layer' | 'purl'
>;

export function packageView(of: Finding['package']): PackageView {
  const { name, version, namespace, type, architecture, path, layer, purl } = of;
  return { name, version, namespace, type, architecture, path, layer, purl };
}
