import { asObject, type JsonPath } from '@clarion/file-formats/documents';
import { advisoryStates, type VersionScheme } from '@clarion/model';
import { versionScheme } from '@clarion/version-schemes';
import { nearestWord } from './nearest-word';
import { isRecordId } from './osv-record';
import { isCvssVector, osvDate, severityWords } from './osv-text';
import { isUnreadEcosystem, ownPlace, remedyForPlace, withScheme } from './own-place';

type Json = Readonly<Record<string, unknown>>;

/** One thing that is wrong with a record of own data. */
export interface RecordFault {
  /** The member that is wrong, or that which should hold a missing one. */
  readonly path: JsonPath;
  /** What is wrong and what to write instead, in one line. */
  readonly message: string;
}

const maxFaults = 20;

/**
 * What is wrong with a record of own data (OSV schema 1.x), at most 20 faults. Somebody writes it by hand: what a feed of
 * others may get wrong without loss (a severity, a state, a bound that is no version) is here a mistake to be mended, since
 * nobody else would notice it. None: the record says what its writer meant, as far as that can be told.
 */
export function faultsOfRecord(record: unknown): readonly RecordFault[] {
  const faults: RecordFault[] = [];
  for (const fault of checkRecord(record)) {
    faults.push(fault);
    if (faults.length === maxFaults) break;
  }
  return faults;
}

/** Members that are read; others may be there, but one that is nearly one of these is a typing mistake. */
const members = {
  record: [
    ...['id', 'aliases', 'upstream', 'related', 'summary', 'details', 'affected', 'severity', 'database_specific'],
    ...['published', 'modified', 'withdrawn', 'references'],
  ],
  affected: ['package', 'ranges', 'versions', 'severity', 'ecosystem_specific', 'database_specific'],
  package: ['ecosystem', 'name', 'purl'],
  range: ['type', 'events', 'repo', 'database_specific'],
  event: ['introduced', 'fixed', 'last_affected', 'limit'],
  own: ['severity', 'state', 'version_scheme'],
} as const;

function* checkRecord(record: unknown): Generator<RecordFault> {
  const whole = asObject(record);
  if (whole === undefined) {
    yield { path: [], message: 'a record is an object { "id": …, "affected": […] }' };
    return;
  }
  if (!isRecordId(whole['id'])) {
    const message = `${whole['id'] === undefined ? 'a record needs an id' : `${shown(whole['id'])} is no id`}; write for example "ACME-2024-1"`;
    yield { path: ['id'], message };
  }
  yield* checkNames(whole, members.record, []);
  const { withdrawn } = whole;
  if (withdrawn !== undefined && withdrawn !== null && osvDate(withdrawn) === undefined) {
    yield { path: ['withdrawn'], message: `${shown(withdrawn)} is no time; write for example "2024-05-01T00:00:00Z"` };
  }
  yield* checkRatings(whole, []);
  const affected = whole['affected'];
  if (affected === undefined || affected === null) return;
  if (!Array.isArray(affected)) {
    yield { path: ['affected'], message: '"affected" is a list [ … ] of packages' };
    return;
  }
  for (const [index, entry] of (affected as readonly unknown[]).entries())
    yield* checkAffected(entry, ['affected', index]);
}

function* checkAffected(value: unknown, path: JsonPath): Generator<RecordFault> {
  const entry = asObject(value);
  if (entry === undefined) {
    yield { path, message: 'an entry of "affected" is an object { "package": … }' };
    return;
  }
  yield* checkNames(entry, members.affected, path);
  yield* checkRatings(entry, path);
  const pkg = asObject(entry['package']);
  if (pkg === undefined) {
    // OSV's records of commits name no package.
    if (entry['package'] === undefined && isOfCommits(entry)) return;
    const message = 'it names no package; write "package": { "ecosystem": "Debian:12", "name": "…" }';
    yield { path: [...path, 'package'], message };
    return;
  }
  yield* checkNames(pkg, members.package, [...path, 'package']);
  if (!isName(pkg['name']))
    yield { path: [...path, 'package', 'name'], message: `${shown(pkg['name'])} is no name of a package` };
  const ecosystem = pkg['ecosystem'];
  const place = typeof ecosystem === 'string' ? ownPlace(ecosystem) : undefined;
  if (place === undefined) {
    if (typeof ecosystem === 'string' && isUnreadEcosystem(ecosystem)) return;
    const remedy = remedyForPlace(typeof ecosystem === 'string' ? ecosystem : '');
    yield {
      path: [...path, 'package', 'ecosystem'],
      message: `unknown ecosystem ${shown(ecosystem)}; ${remedy}`,
    };
    return;
  }
  const ordered = withScheme(place, schemeNamedBy(entry));
  if (typeof ordered === 'string') {
    yield { path: [...path, 'database_specific', 'version_scheme'], message: ordered };
    return;
  }
  const scheme = versionScheme(ordered.scheme);
  if (scheme !== undefined) yield* checkVersions(entry, scheme, path);
}

/** The order of versions that an entry names for a user's own ecosystem, unchecked. */
export function schemeNamedBy(entry: Json): unknown {
  return asObject(entry['database_specific'])?.['version_scheme'];
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 512 && !/[\u0000-\u001f\u007f]/.test(value);
}

function isOfCommits(entry: Json): boolean {
  const ranges: unknown = entry['ranges'];
  return Array.isArray(ranges) && (ranges as readonly unknown[]).some((range) => asObject(range)?.['type'] === 'GIT');
}

function* checkVersions(entry: Json, scheme: VersionScheme, path: JsonPath): Generator<RecordFault> {
  const { ranges, versions } = entry;
  if (ranges !== undefined && ranges !== null) {
    if (!Array.isArray(ranges)) yield { path: [...path, 'ranges'], message: '"ranges" is a list [ … ] of ranges' };
    else {
      for (const [index, range] of (ranges as readonly unknown[]).entries())
        yield* checkRange(range, scheme, [...path, 'ranges', index]);
    }
  }
  if (versions === undefined || versions === null) return;
  if (!Array.isArray(versions)) {
    yield { path: [...path, 'versions'], message: '"versions" is a list [ … ] of versions' };
    return;
  }
  for (const [index, version] of (versions as readonly unknown[]).entries()) {
    if (!isVersion(version, scheme)) yield { path: [...path, 'versions', index], message: noVersion(version, scheme) };
  }
}

const rangeTypes = ['ECOSYSTEM', 'SEMVER', 'GIT'];

function* checkRange(value: unknown, scheme: VersionScheme, path: JsonPath): Generator<RecordFault> {
  const range = asObject(value);
  if (range === undefined) {
    yield { path, message: 'a range is an object { "type": "ECOSYSTEM", "events": […] }' };
    return;
  }
  yield* checkNames(range, members.range, path);
  const { type, events } = range;
  if (typeof type !== 'string' || !rangeTypes.includes(type)) {
    yield {
      path: [...path, 'type'],
      message: `unknown type of range ${shown(type)}; ${choice(type, rangeTypes)}`,
    };
    return;
  }
  if (type === 'GIT') return;
  if (!Array.isArray(events) || events.length === 0) {
    const message = '"events" is a list such as [{ "introduced": "0" }, { "fixed": "2.1-3" }]';
    yield { path: [...path, 'events'], message };
    return;
  }
  for (const [index, event] of (events as readonly unknown[]).entries())
    yield* checkEvent(event, scheme, [...path, 'events', index]);
  if (!events.some((event) => asObject(event)?.['introduced'] !== undefined)) {
    yield {
      path: [...path, 'events'],
      message: 'the range begins nowhere; add { "introduced": "0" } for every version',
    };
  }
}

function* checkEvent(value: unknown, scheme: VersionScheme, path: JsonPath): Generator<RecordFault> {
  const event = asObject(value) ?? {};
  const said = members.event.filter((kind) => event[kind] !== undefined && event[kind] !== null);
  if (said.length === 0) {
    const typed = Object.keys(event)[0];
    const remedy = choice(typed, members.event);
    yield {
      path: typed === undefined ? path : [...path, typed],
      message: `an event that says nothing; ${remedy}`,
    };
    return;
  }
  for (const kind of said) {
    const version = event[kind];
    const isOpen = (kind === 'introduced' && version === '0') || (kind === 'limit' && version === '*');
    if (!isOpen && !isVersion(version, scheme)) yield { path: [...path, kind], message: noVersion(version, scheme) };
  }
}

function isVersion(value: unknown, scheme: VersionScheme): boolean {
  return typeof value === 'string' && value.length <= 200 && scheme.isValid(value.trim());
}

function noVersion(value: unknown, { id }: VersionScheme): string {
  const remedy = typeof value === 'number' ? '; write it in quotes' : '';
  return `${shown(value)} is no version of the scheme ${id}${remedy}`;
}

/** `severity` of OSV is a list of CVSS vectors; words stand in `database_specific`. */
function* checkRatings(holder: Json, path: JsonPath): Generator<RecordFault> {
  const { severity, database_specific: own } = holder;
  if (severity !== undefined && severity !== null) {
    const at = [...path, 'severity'];
    if (Array.isArray(severity)) {
      for (const [index, score] of (severity as readonly unknown[]).entries()) yield* checkScore(score, [...at, index]);
    } else yield { path: at, message: '"severity" is a list of CVSS vectors; a word belongs into "database_specific"' };
  }
  if (own === undefined || own === null) return;
  const at = [...path, 'database_specific'];
  const specific = asObject(own);
  if (specific === undefined) {
    yield { path: at, message: '"database_specific" is an object { … }' };
    return;
  }
  yield* checkNames(specific, members.own, at);
  const { severity: word, state } = specific;
  if (
    word !== undefined &&
    word !== null &&
    !(typeof word === 'string' && severityWords.includes(word.toLowerCase()))
  ) {
    yield {
      path: [...at, 'severity'],
      message: `unknown severity ${shown(word)}; ${choice(word, severityWords, true)}`,
    };
  }
  if (state === undefined || state === null) return;
  if (path.length === 0) yield { path: [...at, 'state'], message: 'the state belongs into an entry of "affected"' };
  else if (!advisoryStates.some((known) => known === state))
    yield { path: [...at, 'state'], message: `unknown state ${shown(state)}; ${choice(state, advisoryStates)}` };
}

function* checkScore(value: unknown, path: JsonPath): Generator<RecordFault> {
  const score = asObject(value);
  // Ubuntu's priorities are words.
  if (score?.['type'] === 'Ubuntu') return;
  if (isCvssVector(score?.['score'])) return;
  const message = `${shown(score?.['score'])} is no CVSS vector; write for example "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"`;
  yield { path: [...path, 'score'], message };
}

/** Names of members that nearly are known ones: what they hold would be passed over. */
function* checkNames(holder: Json, known: readonly string[], path: JsonPath): Generator<RecordFault> {
  for (const name of Object.keys(holder).slice(0, 200)) {
    const meant = known.includes(name) ? undefined : nearestWord(name, known);
    if (meant !== undefined && holder[meant] === undefined)
      yield { path: [...path, name], message: `unknown member ${shown(name)}; did you mean "${meant}"?` };
  }
}

function choice(typed: unknown, known: readonly string[], upperCase = false): string {
  const spelt = (word: string): string => (upperCase ? word.toUpperCase() : word);
  const meant = typeof typed === 'string' ? nearestWord(typed, known) : undefined;
  return meant === undefined ? `write ${known.map(spelt).join(', ')}` : `did you mean "${spelt(meant)}"?`;
}

/** Objects are not written out: one that is nested deeply enough would exhaust the stack. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value);
}
