import { namespaceOfType } from '@clarion/ecosystems';
import type { Feature, PackageConfidence } from '@clarion/model';

/** How certain a package is; undefined for those of distributions, which their databases record. */
export function confidenceOf({
  type,
  confidence,
}: Pick<Feature, 'type' | 'confidence'>): PackageConfidence | undefined {
  return confidence ?? (namespaceOfType(type) === undefined ? undefined : 'exact');
}
