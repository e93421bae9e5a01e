import type {
  CsafComponent,
  CsafDocument,
  CsafProductTree,
  CsafStatus,
  CsafVulnerability,
} from '@clarion/file-formats/documents';
import { targetOf, type ProductTarget } from '../redhat-products';
import { type NoComponent, type RpmComponent, rpmComponentOf } from './rpm-component';
import { type ProductStatement, ProductStatements } from './product-statements';

/** One product status entry about an rpm package, before entries that differ only in product or architecture merge. */
export interface VexStatement {
  readonly target: ProductTarget;
  readonly component: RpmComponent;
  /** Of the product. */
  readonly cpe: string;
  readonly facts: ProductStatement;
}

/** What could not be understood, and how many entries of the document say the same. */
export type ProblemCounts = Map<string, number>;

const statuses: readonly CsafStatus[] = ['fixed', 'known_affected', 'known_not_affected', 'under_investigation'];

/** One result for each `product_status` entry about an rpm package. */
export function* statementsOf(
  vulnerability: CsafVulnerability,
  { tree, severity }: CsafDocument,
  problems: ProblemCounts,
): Generator<VexStatement> {
  const entries = new Entries(tree);
  const productStatements = new ProductStatements(vulnerability, severity);
  for (const status of statuses) {
    for (const productId of vulnerability.statuses.get(status) ?? []) {
      const entry = entries.read(productId, status === 'fixed');
      if (entry === undefined) continue;
      if ('problem' in entry) problems.set(entry.problem, (problems.get(entry.problem) ?? 0) + 1);
      else yield { ...entry, facts: productStatements.of(status, productId) };
    }
  }
}

type Entry = Omit<VexStatement, 'facts'>;

/** Product ids of one document. A component is part of many products, and a product has many components. */
class Entries {
  readonly #tree: CsafProductTree;
  readonly #components = new Map<string, RpmComponent | NoComponent>();
  readonly #targets = new Map<string, ProductTarget>();

  constructor(tree: CsafProductTree) {
    this.#tree = tree;
  }

  /** Undefined for entries that are not about a package: products as a whole, containers, Maven artefacts. */
  read(productId: string, isFix: boolean): Entry | { readonly problem: string } | undefined {
    const entry = this.#tree.resolve(productId);
    if (entry === undefined) return { problem: 'Product id stands for nothing' };
    if (entry.product === undefined) return undefined;
    const component = this.#componentOf(entry);
    if ('skipped' in component) return undefined;
    if ('problem' in component) return component;
    const problem = isFix ? fixProblem(component) : undefined;
    if (problem !== undefined) return { problem };
    const { cpe, id } = entry.product;
    if (cpe === undefined || !/^cpe:\/[aoh]?:/.test(cpe)) return { problem: 'Product without a CPE' };
    return { target: this.#targetOf(cpe, id, component), component, cpe };
  }

  #componentOf(entry: CsafComponent): RpmComponent | NoComponent {
    if (entry.within.length > 0) return rpmComponentOf(entry);
    const { id } = entry.component;
    let component = this.#components.get(id);
    if (component === undefined) this.#components.set(id, (component = rpmComponentOf(entry)));
    return component;
  }

  #targetOf(cpe: string, productId: string, { version }: RpmComponent): ProductTarget {
    let target = this.#targets.get(cpe);
    if (target === undefined) this.#targets.set(cpe, (target = targetOf(cpe)));
    // Package and product id count only where the product does not name its release.
    if (target.namespace !== 'rhel:any') return target;
    return targetOf(cpe, { productId, ...(version === undefined ? {} : { version }) });
  }
}

/** Versions of different streams are not comparable: a build for a module says nothing without its stream. */
function fixProblem({ version, module }: RpmComponent): string | undefined {
  if (version === undefined) return 'Fixed without a version';
  if (module === undefined && /\.module[+_]/.test(version)) return 'Fixed in a module whose stream is not given';
  return undefined;
}
