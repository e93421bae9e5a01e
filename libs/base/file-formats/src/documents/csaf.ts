import { CsafProductTree, listOf, textsOf } from './csaf-product-tree';
import { asObject } from './json-stream';

export { CsafProductTree } from './csaf-product-tree';

/** The eight lists of a product status (CSAF 2.0, 3.2.3.9). */
export const csafStatuses = [
  'first_affected',
  'first_fixed',
  'fixed',
  'known_affected',
  'known_not_affected',
  'last_affected',
  'recommended',
  'under_investigation',
] as const;

export type CsafStatus = (typeof csafStatuses)[number];

export interface CsafRemediation {
  /** `vendor_fix`, `none_available`, `no_fix_planned`, `fix_planned`, `workaround`, `mitigation`. */
  readonly category: string;
  /** Free text. */
  readonly details: string;
  readonly url?: string;
  /** RFC 3339. */
  readonly date?: string;
}

/** One vulnerability of a document. Lookups by product id use indexes that are built on first use. */
export interface CsafVulnerability {
  readonly cve?: string;
  readonly description?: string;
  /** RFC 3339. */
  readonly published?: string;
  /** `CWE-79`. */
  readonly cwe?: string;
  /** Distinct CVSS vectors of all versions, the vector of most products first. */
  readonly vectors: readonly string[];
  readonly statuses: ReadonlyMap<CsafStatus, readonly string[]>;
  /** Those that name the product, then those that name no product. */
  remediations(productId: string): readonly CsafRemediation[];
  /**
   * The vendor's rating of the impact on the product (`threats` of category `impact`), else the rating for all
   * products.
   */
  impact(productId: string): string | undefined;
  /** Labels for why the product is not affected: `vulnerable_code_not_present`. */
  flags(productId: string): readonly string[];
}

export interface CsafDocument {
  /** `document.tracking.id`. */
  readonly id: string;
  /** `final`, `interim`, `draft`; Red Hat also has `deleted`. */
  readonly status: string;
  /** `document.aggregate_severity.text`. */
  readonly severity?: string;
  /** The description of the document, for vendors that describe a vulnerability there. */
  readonly description?: string;
  readonly tree: CsafProductTree;
  readonly vulnerabilities: readonly CsafVulnerability[];
}

/**
 * Reads a parsed CSAF 2.0 document, or returns why the value is not one. Vendor-neutral; unknown members are ignored.
 */
export function readCsaf(value: unknown): CsafDocument | string {
  const root = asObject(value);
  const document = asObject(root?.['document']);
  const tracking = asObject(document?.['tracking']);
  const id = tracking?.['id'];
  if (root === undefined || typeof id !== 'string' || id === '') return 'No CSAF document: it has no tracking id';
  const tree = new CsafProductTree(root['product_tree']);
  return {
    id,
    status: text(tracking?.['status']) ?? '',
    ...optional('severity', text(asObject(document?.['aggregate_severity'])?.['text'])),
    ...optional('description', descriptionOf(document ?? {})),
    tree,
    vulnerabilities: listOf(root['vulnerabilities']).flatMap((item) => readVulnerability(asObject(item), tree)),
  };
}

type Members = Readonly<Record<string, unknown>>;

function readVulnerability(value: Members | undefined, tree: CsafProductTree): CsafVulnerability[] {
  if (value === undefined) return [];
  const remediations = lazily(() => indexOf(value['remediations'], tree, remediationOf));
  const impacts = lazily(() => indexOf(value['threats'], tree, impactOf));
  const flags = lazily(() => indexOf(value['flags'], tree, (flag) => text(flag['label'])));
  return [
    {
      ...optional('cve', text(value['cve'])),
      ...optional('description', descriptionOf(value)),
      ...optional('published', text(value['release_date']) ?? text(value['discovery_date'])),
      ...optional('cwe', text(asObject(value['cwe'])?.['id'])),
      vectors: vectorsOf(value['scores']),
      statuses: statusesOf(value['product_status']),
      remediations: (productId) => remediations().about(productId),
      impact: (productId) => impacts().about(productId)[0],
      flags: (productId) => flags().about(productId),
    },
  ];
}

function statusesOf(value: unknown): ReadonlyMap<CsafStatus, readonly string[]> {
  const lists = asObject(value) ?? {};
  const statuses = new Map<CsafStatus, readonly string[]>();
  for (const status of csafStatuses) {
    const ids = textsOf(lists[status]);
    if (ids.length > 0) statuses.set(status, ids);
  }
  return statuses;
}

function descriptionOf(vulnerability: Members): string | undefined {
  const notes = listOf(vulnerability['notes']).map((note) => asObject(note) ?? {});
  const named = notes.find(({ category }) => category === 'description');
  return text((named ?? notes.find(({ category }) => category === 'general'))?.['text']);
}

function vectorsOf(scores: unknown): readonly string[] {
  const products = new Map<string, number>();
  for (const value of listOf(scores)) {
    const score = asObject(value) ?? {};
    for (const member of ['cvss_v4', 'cvss_v3', 'cvss_v2']) {
      const vector = text(asObject(score[member])?.['vectorString']);
      if (vector !== undefined) products.set(vector, (products.get(vector) ?? 0) + listOf(score['products']).length);
    }
  }
  return [...products].sort(([, a], [, b]) => b - a).map(([vector]) => vector);
}

function remediationOf(value: Members): CsafRemediation | undefined {
  const category = text(value['category']);
  if (category === undefined) return undefined;
  return {
    category,
    details: text(value['details']) ?? '',
    ...optional('url', text(value['url'])),
    ...optional('date', text(value['date'])),
  };
}

function impactOf(value: Members): string | undefined {
  return value['category'] === 'impact' ? text(value['details']) : undefined;
}

/** Entries by the product they name. */
class ProductIndex<T> {
  readonly #entries = new Map<string, readonly T[]>();
  readonly #general: T[] = [];

  add(entry: T, productIds: readonly string[]): void {
    const alone = [entry];
    for (const id of productIds) {
      const known = this.#entries.get(id);
      // Most products have one entry, which all of them share.
      this.#entries.set(id, known === undefined ? alone : [...known, entry]);
    }
    if (productIds.length === 0) this.#general.push(entry);
  }

  about(productId: string): readonly T[] {
    const own = this.#entries.get(productId) ?? [];
    return this.#general.length === 0 ? own : [...own, ...this.#general];
  }
}

function indexOf<T>(list: unknown, tree: CsafProductTree, read: (value: Members) => T | undefined): ProductIndex<T> {
  const index = new ProductIndex<T>();
  for (const item of listOf(list)) {
    const value = asObject(item);
    const entry = value && read(value);
    if (value !== undefined && entry !== undefined) index.add(entry, tree.members(value));
  }
  return index;
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function optional<K extends string, V>(key: K, value: V | undefined): Readonly<Partial<Record<K, V>>> {
  return (value === undefined ? {} : { [key]: value }) as Readonly<Partial<Record<K, V>>>;
}
