import { asObject } from './json-stream';

/** A node of the product tree with an id: a product (mostly with a CPE) or a component (mostly with a purl). */
export interface CsafProduct {
  readonly id: string;
  readonly name: string;
  /** CPE 2.2 URI or 2.3 formatted string, as written. */
  readonly cpe?: string;
  readonly purl?: string;
}

/** A component in a product; most product status entries are about one. */
export interface CsafComponent {
  readonly component: CsafProduct;
  /** The components between component and product, innermost first: the rpm module of a package. */
  readonly within: readonly CsafProduct[];
  /** The product itself; undefined for a product that is its own component. */
  readonly product: CsafProduct | undefined;
}

interface Relationship {
  readonly component: string;
  readonly product: string;
}

/** How deep components may be nested; real documents need two levels. */
const maxNesting = 8;

/**
 * The product tree of a CSAF 2.0 document (https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html, 3.2.2):
 * branches, `full_product_names`, relationships and product groups. Nodes without an id are skipped.
 */
export class CsafProductTree {
  readonly #products = new Map<string, CsafProduct>();
  readonly #relationships = new Map<string, Relationship>();
  readonly #groups = new Map<string, readonly string[]>();

  constructor(tree: unknown) {
    const node = asObject(tree);
    if (node === undefined) return;
    this.#readBranches(node['branches']);
    for (const product of listOf(node['full_product_names'])) this.#addProduct(product);
    for (const relationship of listOf(node['relationships'])) this.#addRelationship(relationship);
    for (const value of listOf(node['product_groups'])) {
      const group = asObject(value);
      const id = group?.['group_id'];
      if (typeof id === 'string') this.#groups.set(id, textsOf(group?.['product_ids']));
    }
  }

  /** The component with a product id; undefined when nothing in the tree has this id. */
  resolve(productId: string): CsafComponent | undefined {
    const first = this.#relationships.get(productId);
    if (first === undefined) {
      const product = this.#products.get(productId);
      return product && { component: product, within: [], product: undefined };
    }
    const within: CsafProduct[] = [];
    let outer = first.product;
    for (let depth = 0; depth < maxNesting; depth += 1) {
      const next = this.#relationships.get(outer);
      if (next === undefined) {
        return { component: this.#product(first.component), within, product: this.#product(outer) };
      }
      within.push(this.#product(next.component));
      outer = next.product;
    }
    return undefined;
  }

  /** The product ids of `product_ids` and `group_ids` of a remediation, threat or flag. */
  members(value: Readonly<Record<string, unknown>>): readonly string[] {
    const ids = textsOf(value['product_ids']);
    const groups = textsOf(value['group_ids']);
    return groups.length === 0 ? ids : [...ids, ...groups.flatMap((id) => this.#groups.get(id) ?? [])];
  }

  /** Some vendors describe only products in branches: a component is then only known by its id. */
  #product(id: string): CsafProduct {
    return this.#products.get(id) ?? { id, name: id };
  }

  /** Without recursion: the document controls the nesting. */
  #readBranches(branches: unknown): void {
    const open: unknown[] = [...listOf(branches)];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      const branch = asObject(value);
      if (branch === undefined) continue;
      this.#addProduct(branch['product']);
      for (const child of listOf(branch['branches'])) open.push(child);
    }
  }

  #addProduct(value: unknown): void {
    const product = asObject(value);
    const id = product?.['product_id'];
    if (product === undefined || typeof id !== 'string' || id === '') return;
    const { cpe, purl } = asObject(product['product_identification_helper']) ?? {};
    this.#products.set(id, {
      id,
      name: typeof product['name'] === 'string' ? product['name'] : id,
      ...(typeof cpe === 'string' ? { cpe } : {}),
      ...(typeof purl === 'string' ? { purl } : {}),
    });
  }

  #addRelationship(value: unknown): void {
    const relationship = asObject(value);
    const id = asObject(relationship?.['full_product_name'])?.['product_id'];
    const component = relationship?.['product_reference'];
    const product = relationship?.['relates_to_product_reference'];
    if (typeof id !== 'string' || typeof component !== 'string' || typeof product !== 'string') return;
    this.#relationships.set(id, { component, product });
  }
}

/** `value` if it is a list, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The strings of a list. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string');
}
