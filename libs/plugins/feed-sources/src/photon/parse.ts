import { arrayElements, asObject, evrOf } from '@clarion/file-formats/documents';
import { type Advisory, ClarionError, type FeedDocument, type FeedRecord, type Severity } from '@clarion/model';
import { indexName, namespaceOf, readBranches } from './documents';

/** A row is a few hundred bytes. */
const limits = { memberBytes: 1024 * 1024, depth: 10 };

/** Reads `cve_data_photon<branch>.json`: one row for each CVE and package, the branch in the document's name. */
export async function* parse(document: FeedDocument): AsyncGenerator<FeedRecord> {
  if (document.name === indexName) {
    await readBranches(document.body);
    return;
  }
  const namespace = namespaceOf(document.name);
  if (namespace === undefined) throw new ClarionError('corrupt-data', `Document ${document.name} is of no branch`);
  let position = 0;
  for await (const element of arrayElements(document.body, limits)) {
    position += 1;
    const row = 'value' in element ? asObject(element.value) : undefined;
    const found = row === undefined ? (element.problem ?? 'Row is not an object') : readRow(row);
    if (typeof found === 'string') {
      yield { kind: 'problem', record: nameOf(row, position), message: found };
      continue;
    }
    const group = {
      namespace,
      package: found.package,
      feed: 'photon',
      document: document.name,
      // Names are those of source packages and of their binary packages, each with a separate row.
      nameKind: 'either',
      scheme: 'rpm',
      // Versions are written without their epochs.
      epochs: 'auto',
      advisories: [found.advisory],
    } as const;
    yield { kind: 'group', group };
  }
}

type Row = Readonly<Record<string, unknown>>;

function nameOf(row: Row | undefined, position: number): string {
  const words = [row?.['cve_id'], row?.['pkg']].filter((word) => typeof word === 'string' && word.length <= 100);
  return words.length === 0 ? `row ${position}` : words.join(' ');
}

/** `CVE-2025-9086`, `BDSA-2025-13833`, `UNK-1`. */
const idPattern = /^[A-Z]{2,10}-[A-Za-z0-9-]{1,40}$/;

/** What a row says, or why it cannot be understood. */
function readRow(row: Row): { readonly package: string; readonly advisory: Advisory } | string {
  const id = textOf(row['cve_id']);
  const name = textOf(row['pkg']);
  if (!idPattern.test(id)) return `"${id.slice(0, 40)}" is not an id of a vulnerability`;
  if (!/^[\w.+-]{1,128}$/.test(name)) return `"${name.slice(0, 40)}" is not a name of a package`;
  const state = stateOf(row);
  return typeof state === 'string' ? state : { package: name, advisory: { id, ...state, ...severityOf(row) } };
}

/** `Fixed` and `Not Affected` are known words; a package with any other word is affected, up to `res_ver` if given. */
function stateOf(row: Row): Pick<Advisory, 'state' | 'ranges' | 'reason'> | string {
  const status = textOf(row['status']);
  const resolved = textOf(row['res_ver']);
  const none = resolved === '' || resolved.toUpperCase() === 'NA';
  const fixed = none ? undefined : evrOf(resolved);
  if (status === '') return 'Row without status';
  if (/^not[ _-]?affected$/i.test(status)) return { state: 'not_affected' };
  if (!none && fixed === undefined) return `"${resolved.slice(0, 80)}" is not a version`;
  const ranges = fixed === undefined ? {} : { ranges: [{ fixed }] };
  if (/^fixed$/i.test(status)) return fixed === undefined ? 'Fixed without a version' : { state: 'fixed', ...ranges };
  return { state: 'affected', ...ranges, reason: `status: ${status.slice(0, 80)}` };
}

/** Only a CVSS base score is given: the words are those of the CVSS v3 rating scale. */
function severityOf(row: Row): Pick<Advisory, 'severity' | 'vendorSeverity'> {
  const score = Number(row['cve_score'] ?? Number.NaN);
  if (!(score > 0 && score <= 10)) return {};
  return { severity: ratingOf(score), vendorSeverity: `CVSS ${score}` };
}

function ratingOf(score: number): Severity {
  if (score >= 9) return 'Critical';
  if (score >= 7) return 'High';
  return score >= 4 ? 'Medium' : 'Low';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.trim() : '';
}
