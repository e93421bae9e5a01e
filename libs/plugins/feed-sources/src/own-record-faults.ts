import { asObject, type JsonPath } from '@clarion/file-formats/documents';
import { versionScheme } from '@clarion/version-schemes';
import { nearestWord } from '@clarion/model';
import { isRecordId } from './osv-record';
import { isOsvLink, osvDate } from './osv-text';
import { checkContradictions } from './own-contradictions';
import { checkNames, type JsonMembers, members, type RecordFault, shown } from './own-fault';
import { faultOfName } from './own-package-names';
import { isUnreadEcosystem, ownNamespaceRules, remedyForNamespace, withScheme } from './own-namespaces';
import { checkEcosystemRating, checkRatings } from './own-rating-faults';
import { checkVersions } from './own-version-faults';

const maxFaults = 20;

/**
 * The errors in a record of own data (OSV schema 1.x), at most 20. Users write these records by hand. Values that
 * another feed may get wrong without loss (a severity, a state, a bound that is not a version) are errors to fix here,
 * since nobody else would notice them. An empty list means that the record appears to express what its author intended.
 */
export function faultsOfRecord(record: unknown): readonly RecordFault[] {
  const faults: RecordFault[] = [];
  for (const fault of checkRecord(record)) {
    faults.push(fault);
    if (faults.length === maxFaults) break;
  }
  return faults;
}

function* checkRecord(record: unknown): Generator<RecordFault> {
  const whole = asObject(record);
  if (whole === undefined) {
    yield { path: [], message: 'a record is an object { "id": …, "affected": […] }' };
    return;
  }
  if (!isRecordId(whole['id'])) {
    const message = `${whole['id'] === undefined ? 'a record needs an id' : `${shown(whole['id'])} is not an id`}; write for example "ACME-2024-1"`;
    yield { path: ['id'], message };
  }
  yield* checkNames(whole, members.record, []);
  yield* checkWords(whole);
  yield* checkRatings(whole, []);
  const affected = whole['affected'] ?? [];
  if (!Array.isArray(affected)) {
    yield { path: ['affected'], message: '"affected" is a list [ … ] of packages' };
    return;
  }
  // A range of commits alone does not apply to packages.
  const packages = (affected as readonly unknown[]).filter((entry) => !isOfCommits(entry));
  if (packages.length === 0 && !isAboutNothing(whole)) {
    const message =
      'it is about no package; write "affected": [{ "package": { "ecosystem": "Debian:12", "name": "…" }, … }]';
    yield { path: ['affected'], message };
  }
  for (const [index, entry] of (affected as readonly unknown[]).entries())
    yield* checkAffected(entry, ['affected', index]);
  yield* checkContradictions(affected as readonly unknown[]);
}

/** A withdrawn record needs no packages; a record with a misspelt list is already reported. */
function isAboutNothing(record: JsonMembers): boolean {
  return osvDate(record['withdrawn']) !== undefined || Object.keys(record).some((name) => isNearly(name, 'affected'));
}

function isNearly(name: string, known: string): boolean {
  return name !== known && nearestWord(name, [known]) !== undefined;
}

const dayMillis = 24 * 60 * 60_000;

/** Whether a record has a future withdrawal date; clocks and time zones differ by a day at most. */
export function isWithdrawnLater(record: JsonMembers): boolean {
  const time = osvDate(record['withdrawn']);
  return time !== undefined && Date.parse(time) > Date.now() + dayMillis;
}

/** Checks the record's data about its vulnerability: other ids, texts, times and links. */
function* checkWords(record: JsonMembers): Generator<RecordFault> {
  for (const name of ['aliases', 'upstream', 'related']) yield* checkIds(record[name], [name]);
  for (const name of ['summary', 'details']) {
    const text = record[name] ?? '';
    if (typeof text !== 'string') yield { path: [name], message: `"${name}" is a text, not ${shown(text)}` };
  }
  for (const name of ['published', 'modified', 'withdrawn']) {
    const time = record[name] ?? undefined;
    if (time !== undefined && osvDate(time) === undefined)
      yield { path: [name], message: `${shown(time)} is not a time; write for example "2024-05-01T00:00:00Z"` };
  }
  if (isWithdrawnLater(record)) {
    const message = 'it lies in the future; leave it out until then, and the record counts';
    yield { path: ['withdrawn'], message };
  }
  const references = record['references'] ?? [];
  if (!Array.isArray(references)) {
    yield { path: ['references'], message: '"references" is a list such as [{ "type": "WEB", "url": "https://…" }]' };
    return;
  }
  for (const [index, reference] of (references as readonly unknown[]).entries()) {
    const url = asObject(reference)?.['url'];
    if (!isOsvLink(url))
      yield { path: ['references', index, 'url'], message: `${shown(url)} is not an https:// address` };
  }
}

function* checkIds(value: unknown, path: JsonPath): Generator<RecordFault> {
  const ids = value ?? [];
  if (!Array.isArray(ids)) {
    yield { path, message: `"${path.join('.')}" is a list of ids such as ["CVE-2024-0001"], not ${shown(value)}` };
    return;
  }
  for (const [index, id] of (ids as readonly unknown[]).entries())
    if (!isRecordId(id))
      yield { path: [...path, index], message: `${shown(id)} is not an id; write for example "CVE-2024-0001"` };
}

function* checkAffected(value: unknown, path: JsonPath): Generator<RecordFault> {
  const entry = asObject(value);
  if (entry === undefined) {
    yield { path, message: 'an entry of "affected" is an object { "package": … }' };
    return;
  }
  yield* checkNames(entry, members.affected, path);
  yield* checkRatings(entry, path);
  yield* checkEcosystemRating(entry, path);
  const pkg = asObject(entry['package']);
  if (pkg === undefined) {
    // OSV's records of commits name no package.
    if (isOfCommits(entry)) return;
    const message = 'it names no package; write "package": { "ecosystem": "Debian:12", "name": "…" }';
    yield { path: [...path, 'package'], message };
    return;
  }
  yield* checkNames(pkg, members.package, [...path, 'package']);
  const ecosystem = pkg['ecosystem'];
  const rules = typeof ecosystem === 'string' ? ownNamespaceRules(ecosystem) : undefined;
  const fault = faultOfName(pkg['name'], rules);
  if (fault !== undefined) yield { path: [...path, 'package', 'name'], message: fault };
  if (rules === undefined) {
    if (typeof ecosystem === 'string' && isUnreadEcosystem(ecosystem)) return;
    const remedy = remedyForNamespace(typeof ecosystem === 'string' ? ecosystem : '');
    yield {
      path: [...path, 'package', 'ecosystem'],
      message: `unknown ecosystem ${shown(ecosystem)}; ${remedy}`,
    };
    return;
  }
  const ordered = withScheme(rules, schemeNamedBy(entry));
  if (typeof ordered === 'string') {
    yield { path: [...path, 'database_specific', 'version_scheme'], message: ordered };
    return;
  }
  const scheme = versionScheme(ordered.scheme);
  if (scheme !== undefined) yield* checkVersions(entry, scheme, path);
}

/** The version scheme that an entry names for a user-defined ecosystem, not validated. */
export function schemeNamedBy(entry: JsonMembers): unknown {
  return asObject(entry['database_specific'])?.['version_scheme'];
}

/** Whether an entry is about commits of a repository (GIT) and names no package. */
function isOfCommits(value: unknown): boolean {
  const entry = asObject(value);
  const ranges: unknown = entry?.['package'] === undefined ? entry?.['ranges'] : undefined;
  return Array.isArray(ranges) && (ranges as readonly unknown[]).some((range) => asObject(range)?.['type'] === 'GIT');
}
