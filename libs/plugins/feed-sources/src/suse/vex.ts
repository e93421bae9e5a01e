import { shortenText } from '@clarion/file-formats';
import {
  type CsafDocument,
  type CsafProduct,
  type CsafProductTree,
  type CsafStatus,
  type CsafVulnerability,
  readCsaf,
} from '@clarion/file-formats/documents';
import { type CvssVector, type FeedRecord, type VulnerabilityRecord, isCveId } from '@clarion/model';
import { isRejection } from '../cve-rejection';
import { severityOf } from '../redhat-products';
import { productNamed, type SuseProduct } from './products';
import { buildOf, packageOf } from './vex-component';
import { type PackageStatement, VexStatements } from './vex-statements';

const feed = 'suse';

const maxDescription = 32_768;
const maxVectors = 8;

const fixStatuses: readonly CsafStatus[] = ['recommended', 'fixed', 'first_fixed'];
const statedStatuses: readonly CsafStatus[] = ['known_affected', 'under_investigation', 'known_not_affected'];
/** SUSE writes these lists, but always empty: an entry would need versions that it does not have. */
const unreadStatuses: readonly CsafStatus[] = ['first_affected', 'last_affected'];

/** What could not be understood, each once a document. */
type Problems = Set<string>;

/**
 * Everything that one VEX document says, except fixes: the flaw's severity, and each package that is affected without
 * a fix, under investigation or not affected. `label` names the document in problems.
 */
export function* vexRecords(value: unknown, label: string, document: string): Generator<FeedRecord> {
  const csaf = readCsaf(value);
  if (typeof csaf === 'string') {
    yield { kind: 'problem', record: label, message: csaf };
    return;
  }
  // For a flaw in no product of SUSE, the document lists no vulnerability.
  if (csaf.vulnerabilities.length === 0 && isCveId(csaf.id)) {
    yield { kind: 'vulnerability', text: textOf(csaf.id, csaf) };
  }
  for (const vulnerability of csaf.vulnerabilities) {
    const id = vulnerability.cve ?? csaf.id;
    if (!isCveId(id)) {
      yield { kind: 'problem', record: label, message: `Vulnerability without a CVE id: ${id.slice(0, 80)}` };
      continue;
    }
    const text = textOf(id, csaf, vulnerability);
    yield { kind: 'vulnerability', text };
    if (text.rejected === true) continue;
    const problems: Problems = new Set();
    const statements = statementsOf(vulnerability, csaf, problems);
    for (const message of problems) yield { kind: 'problem', record: `${label} ${id}`, message };
    for (const { namespace, name, advisories, addOn } of statements.packages(id)) {
      yield {
        kind: 'group',
        group: { namespace, package: name, feed, document, nameKind: 'binary', scheme: 'rpm', advisories },
        ...(addOn ? { addOn } : {}),
      };
    }
  }
}

function statementsOf(vulnerability: CsafVulnerability, csaf: CsafDocument, problems: Problems): VexStatements {
  const statements = new VexStatements();
  const entries = (status: CsafStatus): Iterable<Entry> =>
    entriesOf(vulnerability.statuses.get(status) ?? [], csaf.tree, problems);
  for (const status of fixStatuses) {
    for (const { component, product } of entries(status)) {
      const build = buildOf(component);
      if (build !== undefined) statements.fix(product, build);
      else problems.add(`Fix ${component.id.slice(0, 120)} is not a build of a package`);
    }
  }
  const packageStatements = new PackageStatements(vulnerability, csaf.severity);
  for (const status of statedStatuses) {
    for (const { component, product, productId } of entries(status)) {
      const subject = packageOf(component);
      if (subject !== undefined) statements.say(product, subject, packageStatements.of(status, productId));
    }
  }
  for (const status of unreadStatuses) {
    if (vulnerability.statuses.has(status)) problems.add(`Status ${status} is not read`);
  }
  return statements;
}

interface Entry {
  readonly productId: string;
  readonly component: CsafProduct;
  readonly product: SuseProduct;
}

function* entriesOf(productIds: readonly string[], tree: CsafProductTree, problems: Problems): Generator<Entry> {
  for (const productId of productIds) {
    const entry = tree.resolve(productId);
    if (entry?.product === undefined) {
      problems.add('Product id is not a package of a product');
      continue;
    }
    const { name } = entry.product;
    const product = productNamed(name);
    if (product === undefined) problems.add(`Product ${name.slice(0, 120)} is not known`);
    else if (product !== 'foreign') yield { productId, component: entry.component, product };
  }
}

/** What the document says about its packages; thousands of entries share a few objects. */
class PackageStatements {
  readonly #known = new Map<string, PackageStatement>();
  readonly #vulnerability: CsafVulnerability;
  readonly #severity: string | undefined;

  /** `severity` is the document's, for vulnerabilities without a separate impact. */
  constructor(vulnerability: CsafVulnerability, severity: string | undefined) {
    this.#vulnerability = vulnerability;
    this.#severity = severity;
  }

  of(status: CsafStatus, productId: string): PackageStatement {
    const { state, reason } = this.#stateOf(status, productId);
    const impact = state === 'not_affected' ? undefined : (this.#vulnerability.impact(productId) ?? this.#severity);
    const key = `${state} ${impact ?? ''} ${reason ?? ''}`;
    let statement = this.#known.get(key);
    if (statement === undefined) {
      statement = { state, ...severityOf(impact), ...(reason === undefined ? {} : { reason }) };
      this.#known.set(key, statement);
    }
    return statement;
  }

  #stateOf(status: CsafStatus, productId: string): Pick<PackageStatement, 'state'> & { readonly reason?: string } {
    if (status === 'under_investigation') return { state: 'under_investigation' };
    if (status === 'known_not_affected') {
      const flag = this.#vulnerability.flags(productId)[0]?.slice(0, 80);
      return { state: 'not_affected', ...(flag === undefined ? {} : { reason: flag }) };
    }
    const noFixPlanned = this.#vulnerability
      .remediations(productId)
      .find(({ category }) => category === 'no_fix_planned');
    if (noFixPlanned === undefined) return { state: 'affected' };
    const reason = noFixPlanned.details.trim().slice(0, 200);
    return { state: 'will_not_fix', ...(reason === '' ? {} : { reason }) };
  }
}

/** The description is the CVE programme's; a rejected id has only that of its rejection. */
const withdrawal =
  /^\s*(?:DO NOT USE THIS (?:CANDIDATE NUMBER|CVE RECORD|CVE ID NUMBER)|This CVE ID has been rejected or withdrawn)\b/i;

function textOf(id: string, csaf: CsafDocument, vulnerability?: CsafVulnerability): VulnerabilityRecord {
  const description = vulnerability?.description ?? csaf.description;
  if (description !== undefined && (isRejection(description) || withdrawal.test(description))) {
    return { feed, id, description: shortenText(description, maxDescription), rejected: true };
  }
  const { severity } = severityOf(vulnerability?.impact('') ?? csaf.severity);
  const cvss: readonly CvssVector[] = (vulnerability?.vectors ?? [])
    .slice(0, maxVectors)
    .map((vector) => ({ source: 'security@suse.de', vector: vector.slice(0, 200) }));
  return {
    feed,
    id,
    ...(description === undefined ? {} : { description: shortenText(description, maxDescription) }),
    ...(severity === undefined ? {} : { severity }),
    ...(cvss.length > 0 ? { cvss } : {}),
  };
}
