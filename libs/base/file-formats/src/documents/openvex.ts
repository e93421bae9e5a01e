import { asObject } from './json-stream';

/** Status values of OpenVEX. */
export const openvexStatuses = ['not_affected', 'affected', 'fixed', 'under_investigation'] as const;

export type OpenvexStatus = (typeof openvexStatuses)[number];

/** A document of OpenVEX 0.2.0 (https://github.com/openvex/spec), or of the drafts before it. */
export interface OpenvexDocument {
  readonly id?: string;
  readonly author?: string;
  /** RFC 3339; a time without a zone is UTC. */
  readonly timestamp?: string;
  readonly statements: readonly OpenvexStatement[];
  /** Statements and products that could not be understood. */
  readonly problems: readonly string[];
}

export interface OpenvexStatement {
  /** Name of the vulnerability: `CVE-2024-1234`. */
  readonly vulnerability: string;
  /** As written: ids, and in the wild also links. */
  readonly aliases: readonly string[];
  readonly description?: string;
  readonly status: OpenvexStatus;
  /** Why the product is not affected: `vulnerable_code_not_present`, … */
  readonly justification?: string;
  readonly impact?: string;
  readonly action?: string;
  readonly notes?: string;
  /** The time of the statement, else of the document. */
  readonly timestamp?: string;
  readonly products: readonly OpenvexProduct[];
}

export interface OpenvexProduct {
  /** An IRI, mostly a package URL. */
  readonly id: string;
  /** `identifiers.purl`, where the id is not a package URL. */
  readonly purl?: string;
  /** Components of the product that the statement is about; empty: the product itself. */
  readonly subcomponents: readonly string[];
}

export interface OpenvexLimits {
  readonly statements: number;
  /** Maximum number of products of one statement. */
  readonly products: number;
  /** Which products to read, by id; documents of distributions name each binary of each architecture. */
  readonly accept?: (id: string) => boolean;
}

type Json = Readonly<Record<string, unknown>>;

const defaults: OpenvexLimits = { statements: 20_000, products: 200_000 };
const longestId = 4096;
const longestText = 4096;

/**
 * Reads one document. Canonical wraps the top-level members into `metadata`; both forms are accepted. Undefined: not an
 * OpenVEX document. A statement without status, vulnerability or product is a problem, the others are kept.
 */
export function readOpenvex(value: unknown, limits: OpenvexLimits = defaults): OpenvexDocument | undefined {
  const document = asObject(value);
  const header = asObject(document?.['metadata']) ?? document;
  const listed = document?.['statements'];
  if (header === undefined || !isOpenvex(header['@context'])) return undefined;
  if (!Array.isArray(listed) && listed !== null && listed !== undefined) return undefined;
  const all = (listed ?? []) as readonly unknown[];
  const timestamp = openvexTime(header['timestamp']);
  const problems = all.length > limits.statements ? [`More than ${limits.statements} VEX statements`] : [];
  const statements: OpenvexStatement[] = [];
  for (const [index, item] of all.slice(0, limits.statements).entries()) {
    const statement = readStatement(item, timestamp, limits);
    if (typeof statement === 'string') problems.push(`VEX statement ${index + 1}: ${statement}`);
    else statements.push(statement);
  }
  const [id, author] = [textOf(header['@id']), textOf(header['author'])];
  return { ...present({ id, author, timestamp }), statements, problems };
}

/** `https://openvex.dev/ns/v0.2.0`; drafts had no version. */
function isOpenvex(context: unknown): boolean {
  const first: unknown = Array.isArray(context) ? context[0] : context;
  return typeof first === 'string' && /^https:\/\/openvex\.dev\/ns(?:\/|$)/.test(first);
}

function readStatement(
  value: unknown,
  ofDocument: string | undefined,
  limits: OpenvexLimits,
): OpenvexStatement | string {
  const statement = asObject(value);
  if (statement === undefined) return 'it is not an object';
  const status = openvexStatuses.find((word) => word === statement['status']);
  if (status === undefined) return `unknown status ${describe(statement['status'])}`;
  // A plain text in the drafts, an object in later versions.
  const flaw = statement['vulnerability'];
  const name = textOf(typeof flaw === 'string' ? flaw : asObject(flaw)?.['name']) ?? textOf(asObject(flaw)?.['@id']);
  if (name === undefined) return 'no vulnerability is named';
  const listed = statement['products'];
  if (!Array.isArray(listed)) return 'no products are listed';
  if (listed.length > limits.products) return `more than ${limits.products} products`;
  const products = productsOf(listed, limits.accept);
  if (typeof products === 'string') return products;
  return {
    vulnerability: name,
    aliases: textsOf(asObject(flaw)?.['aliases']),
    status,
    products,
    ...present({
      description: textOf(asObject(flaw)?.['description']),
      justification: textOf(statement['justification']),
      impact: textOf(statement['impact_statement']),
      action: textOf(statement['action_statement']),
      notes: textOf(statement['status_notes']),
      timestamp: openvexTime(statement['timestamp']) ?? ofDocument,
    }),
  };
}

function productsOf(listed: readonly unknown[], accept: OpenvexLimits['accept']): readonly OpenvexProduct[] | string {
  const products: OpenvexProduct[] = [];
  for (const item of listed) {
    const product = asObject(item);
    const purl = textOf(asObject(product?.['identifiers'])?.['purl']);
    const id = idOf(item) ?? purl;
    if (id === undefined) return 'a product without an id';
    if (accept?.(id) === false) continue;
    const subcomponents = listOf(product?.['subcomponents']).map(idOf);
    if (subcomponents.includes(undefined)) return 'a component without an id';
    products.push({ id, ...present({ purl }), subcomponents: subcomponents.filter((part) => part !== undefined) });
  }
  return products;
}

/** The `@id` of an object, or the text itself as in the drafts. */
function idOf(value: unknown): string | undefined {
  const id = typeof value === 'string' ? value : asObject(value)?.['@id'];
  return typeof id === 'string' && id !== '' && id.length <= longestId ? id : undefined;
}

const time = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)\s?(Z|[+-]\d{2}:\d{2})?)?$/;

/** RFC 3339 for a time that may have a space instead of `T` and lack its zone; a date stays a date. */
export function openvexTime(value: unknown): string | undefined {
  const match = typeof value === 'string' && value.length <= 64 ? time.exec(value.trim()) : null;
  if (match === null) return undefined;
  const [, day = '', clock, zone = 'Z'] = match;
  return clock === undefined ? day : `${day}T${clock}${zone}`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value)
    .slice(0, 200)
    .map(textOf)
    .filter((text) => text !== undefined);
}

function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim().slice(0, longestText) : '';
  return text === '' ? undefined : text;
}

function describe(value: unknown): string {
  return (JSON.stringify(value) as string | undefined)?.slice(0, 80) ?? 'nothing';
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without members that are undefined. */
function present<T extends Json>(members: T): Present<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
}
