import type { Finding } from '@clarion/model';
import type { PackageView } from './history-views';

export function packageView(of: Finding['package']): PackageView {
  const { name, version, namespace, type, architecture, path, layer, purl } = of;
  return { name, version, namespace, type, architecture, path, layer, purl };
}
