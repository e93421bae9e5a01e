import { shortenText } from '@clarion/file-formats';
import { asObject, readText } from '@clarion/file-formats/documents';
import {
  parseJson,
  type Advisory,
  type AdvisoryGroup,
  ClarionError,
  type CvssVector,
  type FeedDocument,
  type FeedRecord,
  type VulnerabilityRecord,
  isCveId,
} from '@clarion/model';
import { isRejection } from '../cve-rejection';
import { isAddOn, severityOf } from '../redhat-products';
import { type ProductEntry, readAffectedRelease, readPackageState } from './entries';
import { isListPage } from './pages';

const feedId = 'redhat-security-data';
const maxBytes = 32 * 1024 * 1024;
const maxDescription = 32_768;

/** Reads one CVE (`cve/CVE-2024-1234.json`); a page of the list only says which CVEs exist. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  const value = parseJson(await readText(document.body, maxBytes), `Document ${document.name}`);
  if (isListPage(document.name)) {
    if (!Array.isArray(value)) throw new ClarionError('corrupt-data', `Document ${document.name} is not a list`);
    return;
  }
  yield* parseCve(value, document.name);
}

type Members = Readonly<Record<string, unknown>>;

/** Everything that the data API says about one CVE. */
export function* parseCve(value: unknown, document: string): Generator<FeedRecord> {
  const cve = asObject(value);
  const id = cve?.['name'];
  if (cve === undefined || typeof id !== 'string' || !isCveId(id)) {
    yield { kind: 'problem', record: document, message: 'No CVE with a name' };
    return;
  }
  const text = textOf(id, cve);
  yield { kind: 'vulnerability', text };
  // The API keeps the rows from before the rejection.
  if (text.rejected === true) return;
  const impact = typeof cve['threat_severity'] === 'string' ? cve['threat_severity'] : undefined;
  const entries: ProductEntry[] = [];
  for (const [key, read] of readers) {
    for (const element of listOf(cve[key])) {
      const entry = read(element, impact);
      if (entry.kind === 'advisory') entries.push(entry);
      if (entry.kind === 'problem') yield { kind: 'problem', record: `${id} ${key}`, message: entry.message };
    }
  }
  yield* groupsOf(entries, id, document);
}

const readers = [
  ['affected_release', readAffectedRelease],
  ['package_state', readPackageState],
] as const;

/** A list of one element may be written without brackets. */
function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

interface Joined {
  readonly entry: ProductEntry;
  readonly cpes: Set<string>;
}

/** One group per package; advisories that differ only in product are merged. */
function* groupsOf(entries: readonly ProductEntry[], id: string, document: string): Generator<FeedRecord> {
  const productKey = ({ namespace, package: name, module, cpe }: ProductEntry): string =>
    [namespace, name, module, cpe].join('\0');
  // Where one product is called affected and not affected, the warning wins.
  const warned = new Set(entries.filter(({ facts }) => facts.state !== 'not_affected').map(productKey));
  const joined = new Map<string, Joined>();
  for (const entry of entries) {
    if (entry.facts.state === 'not_affected' && warned.has(productKey(entry))) continue;
    const { namespace, package: name, module, channel, facts } = entry;
    const key = JSON.stringify([namespace, name, module, channel, facts]);
    const known = joined.get(key);
    if (known === undefined) joined.set(key, { entry, cpes: new Set([entry.cpe]) });
    else known.cpes.add(entry.cpe);
  }
  const groups = new Map<string, { readonly entry: ProductEntry; readonly advisories: Advisory[] }>();
  for (const one of joined.values()) {
    const key = `${one.entry.namespace}\0${one.entry.package}`;
    const group = groups.get(key) ?? { entry: one.entry, advisories: [] };
    groups.set(key, group);
    group.advisories.push(toAdvisory(one, id));
  }
  for (const { entry, advisories } of groups.values()) {
    const group = toGroup(entry, document, advisories);
    yield { kind: 'group', group, ...(isAddOn(group) ? { addOn: true } : {}) };
  }
}

function toAdvisory({ entry: { facts, module, channel }, cpes }: Joined, id: string): Advisory {
  return {
    id,
    ...facts,
    scope: {
      ...(module === undefined ? {} : { module }),
      cpes: [...cpes].sort(),
      ...(channel === undefined ? {} : { channel }),
    },
  };
}

/** Source packages; those of installed rpms are known without their epoch. */
function toGroup(
  { namespace, package: name }: ProductEntry,
  document: string,
  advisories: readonly Advisory[],
): AdvisoryGroup {
  return {
    namespace,
    package: name,
    feed: feedId,
    document,
    nameKind: 'source',
    scheme: 'rpm',
    epochs: 'auto',
    advisories,
  };
}

function textOf(id: string, cve: Members): VulnerabilityRecord {
  const details = listOf(cve['details']).filter((text): text is string => typeof text === 'string' && text !== '');
  // The first text comes from the CVE list, the last is Red Hat's own.
  const description = details.at(-1);
  const { severity } = severityOf(typeof cve['threat_severity'] === 'string' ? cve['threat_severity'] : undefined);
  const cvss = vectorsOf(cve);
  const cwes = typeof cve['cwe'] === 'string' ? [...new Set(cve['cwe'].match(/CWE-\d{1,6}/g) ?? [])] : [];
  const published = cve['public_date'];
  return {
    feed: feedId,
    id,
    ...(description === undefined ? {} : { description: shortenText(description, maxDescription) }),
    ...(isRejection(description) ? { rejected: true } : {}),
    ...(severity === undefined ? {} : { severity }),
    ...(cvss.length > 0 ? { cvss } : {}),
    ...(cwes.length > 0 ? { cwes } : {}),
    ...(typeof published === 'string' ? { published } : {}),
  };
}

function vectorsOf(cve: Members): readonly CvssVector[] {
  const vectors = [asObject(cve['cvss3'])?.['cvss3_scoring_vector'], asObject(cve['cvss'])?.['cvss_scoring_vector']];
  return vectors
    .filter((vector): vector is string => typeof vector === 'string' && vector !== '')
    .map((vector) => ({ source: 'secalert@redhat.com', vector: vector.slice(0, 200) }));
}
