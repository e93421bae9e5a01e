import type { AdvisoryScope } from '@clarion/model';
import { type Applicability, applies, type ScopeSubject } from '../applicability';

const otherProduct: Applicability = { kind: 'other', reason: 'about another product or repository' };
const unknownProduct: Applicability = { kind: 'undetermined', reason: 'product of the package is not known' };

/** Whether an advisory about products, named by their CPEs, is about one that a package belongs to. */
export function checkProducts({ cpes = [] }: AdvisoryScope, { products }: ScopeSubject): Applicability {
  if (cpes.length === 0) return applies;
  if (products === undefined) return unknownProduct;
  if (!products.coveredBy(cpes)) return otherProduct;
  return products.note === undefined ? applies : { kind: 'applies', note: products.note };
}
