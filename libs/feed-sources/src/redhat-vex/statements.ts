import type { Advisory, AdvisoryState } from '@clarion/model';
import type { CsafDocument, CsafRemediation, CsafStatus, CsafVulnerability } from '../csaf';
import { placeOf, severityOf } from '../redhat-products';
import { type RpmComponent, rpmComponentOf } from './rpm-component';

/** One product status entry about an rpm package, before those that differ only in product or architecture are joined. */
export interface Statement {
  readonly namespace: string;
  readonly package: string;
  readonly nameKind: RpmComponent['nameKind'];
  readonly cpe: string;
  readonly architecture: string;
  readonly module: string | undefined;
  readonly channel: string | undefined;
  /** Of the package, also where the state needs none. */
  readonly version: string | undefined;
  readonly said: Pick<Advisory, 'state' | 'advisory' | 'severity' | 'vendorSeverity' | 'reason' | 'published'>;
}

/** What could not be understood, and how many entries of the document say the same. */
export type Problems = Map<string, number>;

const statuses: readonly CsafStatus[] = ['fixed', 'known_affected', 'known_not_affected', 'under_investigation'];

/** Every statement about an rpm package, one an entry of `product_status`. */
export function* statementsOf(
  vulnerability: CsafVulnerability,
  document: CsafDocument,
  problems: Problems,
): Generator<Statement> {
  const impacts = new Map<string, ReturnType<typeof severityOf>>();
  for (const status of statuses) {
    for (const productId of vulnerability.statuses.get(status) ?? []) {
      const found = readEntry(productId, status, document);
      if (found === undefined) continue;
      if ('problem' in found) {
        problems.set(found.problem, (problems.get(found.problem) ?? 0) + 1);
        continue;
      }
      const said = stateOf(status, vulnerability, productId);
      const impact = said.state === 'not_affected' ? '' : (vulnerability.impact(productId) ?? document.severity ?? '');
      const severity = impacts.get(impact) ?? severityOf(impact);
      impacts.set(impact, severity);
      yield { ...found, said: { ...said, ...severity } };
    }
  }
}

type Place = Omit<Statement, 'said'>;

/** Undefined for what is no statement about a package: products as a whole, containers, Maven artefacts. */
function readEntry(
  productId: string,
  status: CsafStatus,
  { tree }: CsafDocument,
): Place | { readonly problem: string } | undefined {
  const entry = tree.resolve(productId);
  if (entry === undefined) return { problem: 'Product id stands for nothing' };
  if (entry.product === undefined) return undefined;
  const component = rpmComponentOf(entry);
  if ('skipped' in component) return undefined;
  if ('problem' in component) return component;
  const { version, module } = component;
  if (status === 'fixed' && version === undefined) return { problem: 'Fixed without a version' };
  // Versions of different streams are not comparable: a build for a module says nothing without its stream.
  if (status === 'fixed' && module === undefined && /\.module[+_]/.test(version ?? '')) {
    return { problem: 'Fixed in a module whose stream is not told' };
  }
  const { cpe } = entry.product;
  if (cpe === undefined || !/^cpe:\/[aoh]?:/.test(cpe)) return { problem: 'Product without a CPE' };
  const { namespace, channel } = placeOf(cpe, {
    ...(version === undefined ? {} : { version }),
    productId: entry.product.id,
  });
  return {
    namespace,
    package: component.name,
    nameKind: component.nameKind,
    cpe,
    architecture: component.architecture ?? '',
    module,
    channel,
    version,
  };
}

type Said = Pick<Advisory, 'state' | 'advisory' | 'reason' | 'published'>;

function stateOf(status: CsafStatus, vulnerability: CsafVulnerability, productId: string): Said {
  switch (status) {
    case 'fixed':
      return fixOf(vulnerability.remediations(productId));
    case 'known_not_affected': {
      const flag = vulnerability.flags(productId)[0];
      return { state: 'not_affected', ...(flag === undefined ? {} : { reason: flag }) };
    }
    case 'under_investigation':
      return { state: 'under_investigation' };
    default:
      return unfixedOf(vulnerability.remediations(productId));
  }
}

function fixOf(remediations: readonly CsafRemediation[]): Said {
  const fix = remediations.find(({ category }) => category === 'vendor_fix');
  const advisory = /\/errata\/(RH[A-Z]A-\d{4}:\d{1,6})/.exec(fix?.url ?? '')?.[1];
  return {
    state: 'fixed',
    ...(advisory === undefined ? {} : { advisory }),
    ...(fix?.date === undefined ? {} : { published: fix.date }),
  };
}

/** Categories that say what becomes of a flaw without a fix; workarounds say nothing of it. */
const unfixedCategories = new Set(['none_available', 'no_fix_planned', 'fix_planned']);

function unfixedOf(remediations: readonly CsafRemediation[]): Said {
  const remediation = remediations.find(({ category }) => unfixedCategories.has(category));
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
