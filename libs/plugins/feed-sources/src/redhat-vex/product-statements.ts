import type { CsafRemediation, CsafStatus, CsafVulnerability } from '@clarion/file-formats/documents';
import type { Advisory, AdvisoryState } from '@clarion/model';
import { severityOf } from '../redhat-products';

/** What a product status entry says, whatever product and package it is about. */
export type ProductStatement = Pick<
  Advisory,
  'state' | 'advisory' | 'severity' | 'vendorSeverity' | 'reason' | 'published'
>;

/**
 * What a vulnerability's document says about products. Hundreds of entries say the same: they share one object, which
 * makes them cheap to compare and to store.
 */
export class ProductStatements {
  readonly #vulnerability: CsafVulnerability;
  readonly #impact: string;
  readonly #known = new Map<unknown, Map<string, ProductStatement>>();

  /** `impact` is that of the document, for products without a separate one. */
  constructor(vulnerability: CsafVulnerability, impact: string | undefined) {
    this.#vulnerability = vulnerability;
    this.#impact = impact ?? '';
  }

  of(status: CsafStatus, productId: string): ProductStatement {
    if (status === 'known_not_affected') {
      const flag = this.#vulnerability.flags(productId)[0];
      return this.#remember(flag ?? status, '', () => ({
        state: 'not_affected',
        ...(flag === undefined ? {} : { reason: flag }),
      }));
    }
    const impact = this.#vulnerability.impact(productId) ?? this.#impact;
    if (status === 'under_investigation') return this.#remember(status, impact, () => ({ state: status }));
    const remediations = this.#vulnerability.remediations(productId);
    if (status === 'fixed') {
      const fix = remediations.find(({ category }) => category === 'vendor_fix');
      return this.#remember(fix ?? status, impact, () => fixOf(fix));
    }
    const outlook = remediations.find(({ category }) => unfixedCategories.has(category));
    return this.#remember(outlook ?? status, impact, () => unfixedOf(outlook));
  }

  #remember(cause: unknown, impact: string, make: () => ProductStatement): ProductStatement {
    let byImpact = this.#known.get(cause);
    if (byImpact === undefined) this.#known.set(cause, (byImpact = new Map<string, ProductStatement>()));
    let statement = byImpact.get(impact);
    if (statement === undefined) byImpact.set(impact, (statement = { ...make(), ...severityOf(impact) }));
    return statement;
  }
}

function fixOf(fix: CsafRemediation | undefined): ProductStatement {
  const advisory = /\/errata\/(RH[A-Z]A-\d{4}:\d{1,6})/.exec(fix?.url ?? '')?.[1];
  return {
    state: 'fixed',
    ...(advisory === undefined ? {} : { advisory }),
    ...(fix?.date === undefined ? {} : { published: fix.date }),
  };
}

/** Categories that say what happens to a flaw without a fix; workarounds do not. */
const unfixedCategories = new Set(['none_available', 'no_fix_planned', 'fix_planned']);

function unfixedOf(remediation: CsafRemediation | undefined): ProductStatement {
  if (remediation === undefined) return { state: 'affected' };
  const { category, details } = remediation;
  const reason = details.trim().slice(0, 200);
  return { state: unfixedState(category, reason.toLowerCase()), ...(reason === '' ? {} : { reason }) };
}

/** Details are free text that begins with one of Red Hat's fix states. */
function unfixedState(category: string, details: string): AdvisoryState {
  if (details.startsWith('out of support')) return 'end_of_life';
  if (details.startsWith('will not fix')) return 'will_not_fix';
  if (details.startsWith('fix deferred')) return 'fix_deferred';
  if (details.startsWith('under investigation')) return 'under_investigation';
  return category === 'no_fix_planned' ? 'will_not_fix' : 'affected';
}
