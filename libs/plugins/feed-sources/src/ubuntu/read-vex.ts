import { type OpenvexStatement, parsePackageUrl, readOpenvex } from '@clarion/file-formats/documents';
import { type Advisory, isCveId } from '@clarion/model';
import { severityOfPriority } from '../canonical-priority';
import { isRejection } from '../cve-rejection';
import { continuesRelease, scopeOf, ubuntuArchive, type UbuntuArchive } from '../launchpad-series';
import { isSourceName, type ReadRecord, type ArchiveAdvisory } from './archive-record';

/** Only source packages are read; their many binaries add nothing. */
const limits = {
  statements: 20_000,
  products: 500_000,
  accept: (id: string): boolean => id.includes('arch=source'),
};

/** A source package of one archive, as a product names it. */
interface Product {
  readonly package: string;
  readonly archive: UbuntuArchive;
  readonly version?: string;
}

/** A product that the document names; without `advisory`, what it says about the product is not used. */
interface ProductAdvisory {
  readonly product: Product;
  readonly advisory?: Advisory;
}

/**
 * Reads one OpenVEX document of Ubuntu's: every state but `fixed`, whose product carries the current version of the
 * package and not the one that fixed it. The OSV record has that one.
 */
export function readVex(value: unknown): ReadRecord {
  const document = readOpenvex(value, limits);
  if (document === undefined) return { advisories: [], problems: ['No OpenVEX document'] };
  const problems = [...document.problems];
  const products: ProductAdvisory[] = [];
  for (const statement of document.statements) {
    if (!isCveId(statement.vulnerability)) {
      problems.push(`VEX statement about ${statement.vulnerability.slice(0, 80)}`);
      continue;
    }
    if (isRejection(statement.description)) continue;
    for (const { id } of statement.products) {
      const product = productOf(id);
      if (product === undefined) problems.push(`Product ${id.slice(0, 120)} is not a source package of a release`);
      else if (product !== 'elsewhere') products.push(readStatement(statement, product));
    }
  }
  return { advisories: advisoriesOf(products), problems };
}

function productOf(id: string): Product | 'elsewhere' | undefined {
  const purl = parsePackageUrl(id);
  if (purl?.type !== 'deb' || purl.namespace !== 'ubuntu' || !isSourceName(purl.name)) return undefined;
  if (purl.qualifiers.get('arch') !== 'source') return 'elsewhere';
  const archive = ubuntuArchive(purl.qualifiers.get('distro') ?? '');
  if (archive === undefined) return undefined;
  return { package: purl.name, archive, ...(purl.version === undefined ? {} : { version: purl.version }) };
}

function readStatement(statement: OpenvexStatement, product: Product): ProductAdvisory {
  const id = statement.vulnerability;
  const scope = scopeOf(product.archive);
  // The release does not have the package, or has the fix: neither gives an advisory here.
  if (statement.status === 'fixed' || statement.justification === 'component_not_present') return { product };
  if (statement.status === 'not_affected') {
    const reason = statement.justification ?? notesOf(statement.impact);
    const facts = { id, state: 'not_affected' as const, ...currentOn(product), ...scope };
    return { product, advisory: { ...facts, ...(reason === undefined ? {} : { reason }) } };
  }
  const reason = notesOf(statement.action);
  const state = statement.status === 'affected' ? openState(statement.action ?? '') : statement.status;
  const facts = { id, state, ...severityOfPriority(priorityOf(statement.notes)), ...scope };
  return { product, advisory: { ...facts, ...(reason === undefined ? {} : { reason }) } };
}

/**
 * In a support channel `not_affected` also means "as fixed in the release": of older versions, which an image without
 * the release's own updates has, it says nothing.
 */
function currentOn({ archive, version }: Product): Pick<Advisory, 'ranges'> {
  return archive.channel === undefined || version === undefined ? {} : { ranges: [{ introduced: version }] };
}

/** The state by the words of Canonical's `action_statement`. */
function openState(action: string): Advisory['state'] {
  if (action.includes('decided to not fix it')) return 'will_not_fix';
  if (action.includes('is no longer supported')) return 'end_of_life';
  return /\bdeferred\b/.test(action.split('CVE Notes:', 1)[0] ?? '') ? 'fix_deferred' : 'affected';
}

/** The notes of the security team after the standard text. */
function notesOf(text: string | undefined): string | undefined {
  const mark = 'CVE Notes:';
  const at = text?.indexOf(mark) ?? -1;
  const notes = at < 0 ? '' : (text ?? '').slice(at + mark.length, at + mark.length + 300).trim();
  return notes === '' ? undefined : notes;
}

/** `Ubuntu Security Team classified this CVE as of Medium priority.` */
function priorityOf(notes: string | undefined): string | undefined {
  return /classified this CVE as of ([A-Za-z]{1,20}) priority/.exec(notes ?? '')?.[1];
}

function advisoriesOf(products: readonly ProductAdvisory[]): readonly ArchiveAdvisory[] {
  const ofReleases = new Set(
    products.filter(({ product }) => product.archive.channel === undefined).map(({ product }) => keyOf(product)),
  );
  return products.flatMap(({ product, advisory }) => {
    if (advisory === undefined) return [];
    const subject = { namespace: product.archive.namespace, package: product.package };
    const disclosed = ofReleases.has(keyOf(product)) ? undefined : disclosureOf(product, advisory);
    const stated = { ...subject, advisory };
    return disclosed === undefined ? [stated] : [stated, { ...subject, advisory: disclosed }];
  });
}

function keyOf({ archive, package: name }: Product): string {
  return `${archive.namespace} ${name}`;
}

/**
 * After the end of standard support only the channel is listed. What is open there is also open in the release itself,
 * whose packages it continues.
 */
function disclosureOf({ archive }: Product, advisory: Advisory): Advisory | undefined {
  const { channel } = archive;
  if (channel === undefined || !continuesRelease(channel) || advisory.state === 'not_affected') return undefined;
  const { scope, reason, ...open } = advisory;
  const followed = `followed in ${scope?.channel ?? channel} only`;
  return { ...open, reason: reason === undefined ? followed : `${followed}; ${reason}` };
}
