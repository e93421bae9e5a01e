import { asObject } from '@clarion/file-formats/documents';
import {
  type Advisory,
  type AdvisoryGroup,
  type AdvisoryScope,
  type AdvisoryState,
  type VulnerabilityText,
  isCveId,
  cveIdSource,
} from '@clarion/model';
import { osvVersions } from './osv-ranges';
import { objectsOf, osvDate, osvFacts, osvPriority, osvSeverity, textsOf } from './osv-text';

const prefixedCve = new RegExp(`^(?:[A-Z]+-)?(${cveIdSource})$`);

type Json = Readonly<Record<string, unknown>>;

/** Where the packages of an OSV ecosystem belong. */
export interface OsvPlace extends Pick<AdvisoryGroup, 'namespace' | 'nameKind' | 'scheme'> {
  /** The ecosystem's spelling of a package name; as written unless stated. */
  readonly normalise?: (name: string) => string;
  readonly scope?: AdvisoryScope;
}

/** One entry of `affected`, for what only its own database says. */
export interface OsvAffected {
  /** As written: `npm`, `Ubuntu:Pro:22.04:LTS`. */
  readonly ecosystem: string;
  /** As written. */
  readonly name: string;
  readonly purl?: string;
  /** The whole entry, for `ecosystem_specific` and `database_specific`. */
  readonly entry: Json;
}

export interface OsvReading {
  readonly feed: string;
  /** Where an ecosystem belongs; undefined passes its packages over silently. */
  readonly place: (ecosystem: string, affected: OsvAffected) => OsvPlace | undefined;
  /**
   * What a record is about. `flaw`: the flaw that its id and aliases name. `bulletin`: the CVEs that it mentions
   * (`upstream`, `related`, `aliases`), each of its own; it is the advisory that said so, no other name of theirs.
   */
  readonly subject: 'flaw' | 'bulletin';
  /**
   * Set where the same database holds GitHub's records too: the words of another record about the same flaw, which has
   * no rating, then stand under its own id instead of taking the place of GitHub's.
   */
  readonly besideGitHub?: boolean;
  /** Set where `ecosystem_specific.severity` of an entry, and Ubuntu's priority, rate it as `database_specific.severity` does. */
  readonly ecosystemRates?: boolean;
  /** A state that an entry states by other means than its ranges; OSV itself knows only affected and fixed. */
  readonly stateOf?: (affected: OsvAffected) => AdvisoryState | undefined;
}

/** What a record says about one flaw of one package. */
export interface OsvStatement {
  readonly place: OsvPlace;
  /** Normalised. */
  readonly package: string;
  readonly advisory: Advisory;
  readonly affected: OsvAffected;
}

export interface OsvRecord {
  readonly id: string;
  readonly withdrawn: boolean;
  readonly statements: readonly OsvStatement[];
  readonly texts: readonly VulnerabilityText[];
  /** What could not be understood of it; the statements are what could. */
  readonly problems: readonly string[];
}

const recordId = /^[A-Za-z0-9][\w.:+-]{0,127}$/;
const maxAffected = 50_000;
const maxIds = 500;
const longestName = 512;

/** Whether a value can be the id of a record. */
export function isRecordId(value: unknown): value is string {
  return typeof value === 'string' && recordId.test(value);
}

/**
 * Reads one record (OSV schema 1.x, https://ossf.github.io/osv-schema/). Undefined: it is no record, for it has no id.
 * A withdrawn record says nothing but that. An entry that names neither ranges nor versions is about no version.
 */
export function readOsvRecord(value: unknown, reading: OsvReading): OsvRecord | undefined {
  const record = asObject(value);
  const id = record?.['id'];
  if (record === undefined || !isRecordId(id)) return undefined;
  if (osvDate(record['withdrawn']) !== undefined) {
    // Only this id: its aliases may live on in other records.
    const texts = [{ feed: reading.feed, id, rejected: true }];
    return { id, withdrawn: true, statements: [], texts, problems: [] };
  }
  const flaws = reading.subject === 'flaw' ? flawsOf(id, record) : mentionsOf(id, record);
  const affected = Array.isArray(record['affected']) ? (record['affected'] as readonly unknown[]) : [];
  const problems = affected.length > maxAffected ? [`More than ${maxAffected} affected packages`] : [];
  const statements: OsvStatement[] = [];
  for (const entry of affected.slice(0, maxAffected)) {
    const said = readAffected(entry, { id, record, reading, flaws });
    statements.push(...said.statements);
    problems.push(...said.problems);
  }
  return { id, withdrawn: false, statements, texts: textsAbout({ id, record, reading, flaws }), problems };
}

/** An id of a flaw with the other names of the same one. */
type Flaw = Pick<Advisory, 'id' | 'aliases' | 'advisory'>;

/** Names equal flaws: one statement a CVE where there are several, else one under the CVE, the GHSA or the record's id. */
function flawsOf(id: string, record: Json): readonly Flaw[] {
  const ids = [...new Set([id, ...textsOf(record['aliases'], maxIds).filter((alias) => recordId.test(alias))])];
  const cves = ids.filter((name) => isCveId(name));
  if (cves.length > 1) return cves.map((name) => (name === id ? { id: name } : { id: name, advisory: id }));
  const best = cves[0] ?? ids.find((name) => name.startsWith('GHSA-')) ?? id;
  const aliases = ids.filter((name) => name !== best);
  return [
    {
      id: best,
      ...(aliases.length === 0 ? {} : { aliases }),
      ...(best === id ? {} : { advisory: id }),
    },
  ];
}

/** The CVEs that a distribution's advisory is about; without any it is about no vulnerability. */
function mentionsOf(id: string, record: Json): readonly Flaw[] {
  const lists = ['upstream', 'related', 'aliases'].flatMap((list) => textsOf(record[list], 20_000));
  const cves = new Set(lists.filter((name) => isCveId(name)));
  const own = cveInId(id);
  if (cves.size === 0 && own !== undefined) cves.add(own);
  return [...cves].map((name) => (name === id ? { id: name } : { id: name, advisory: id }));
}

/** `UBUNTU-CVE-2024-1234` is the distribution's record of that very CVE. */
function cveInId(id: string): string | undefined {
  return prefixedCve.exec(id)?.[1];
}

interface Subject {
  readonly id: string;
  readonly record: Json;
  readonly reading: OsvReading;
  readonly flaws: readonly Flaw[];
}

interface Said {
  readonly statements: readonly OsvStatement[];
  readonly problems: readonly string[];
}

function readAffected(value: unknown, { id, record, reading, flaws }: Subject): Said {
  const affected = affectedOf(value);
  if (affected === undefined) return { statements: [], problems: ['Affected entry without a package'] };
  const place = reading.place(affected.ecosystem, affected);
  if (place === undefined || flaws.length === 0) return { statements: [], problems: [] };
  const { entry, name } = affected;
  const { ranges, versions, problems } = osvVersions(entry['ranges'], entry['versions'], place.scheme);
  const of = (problem: string): string => `${affected.ecosystem} ${name}: ${problem}`;
  const state = reading.stateOf?.(affected);
  if (ranges.length === 0 && versions.length === 0 && state === undefined) {
    const why = problems.length > 0 ? problems : ['No affected version is named'];
    return { statements: [], problems: isEmptyByRange(entry) && problems.length === 0 ? [] : why.map(of) };
  }
  const facts = {
    state: state ?? (ranges.some(({ fixed }) => fixed !== undefined) ? ('fixed' as const) : ('affected' as const)),
    ...(ranges.length === 0 ? {} : { ranges }),
    ...(versions.length === 0 ? {} : { versions }),
    ...judgementOf({ id, record, entry, reading }),
    ...(place.scope === undefined ? {} : { scope: place.scope }),
  };
  const normalised = place.normalise?.(name) ?? name;
  const statements = flaws.map((flaw) => ({ place, package: normalised, advisory: { ...flaw, ...facts }, affected }));
  return { statements, problems: problems.map(of) };
}

/** A range whose introduction is its fix was there and held nothing: that is said, not forgotten. */
function isEmptyByRange(entry: Json): boolean {
  return objectsOf(entry['ranges']).some((range) => range['type'] !== 'GIT');
}

function affectedOf(value: unknown): OsvAffected | undefined {
  const entry = asObject(value);
  const pkg = asObject(entry?.['package']);
  const [ecosystem, name, purl] = [pkg?.['ecosystem'], pkg?.['name'], pkg?.['purl']];
  if (entry === undefined || typeof ecosystem !== 'string' || typeof name !== 'string') return undefined;
  // A name with control characters would break keys and terminals.
  if (name === '' || name.length > longestName || /[\u0000-\u001f\u007f]/.test(name)) return undefined;
  return { ecosystem, name, ...(typeof purl === 'string' ? { purl } : {}), entry };
}

interface Judged {
  readonly id: string;
  readonly record: Json;
  readonly entry: Json;
  readonly reading: OsvReading;
}

function judgementOf({ id, record, entry, reading }: Judged): Partial<Advisory> {
  const rated = ratingOf({ entry, record, reading });
  const published = osvDate(record['published']);
  const malicious = id.startsWith('MAL-');
  const informational = asObject(entry['database_specific'])?.['informational'];
  const severity = malicious ? ('Critical' as const) : rated?.severity;
  return {
    ...(severity === undefined ? {} : { severity }),
    ...(rated === undefined ? {} : { vendorSeverity: rated.word }),
    ...(malicious ? { kind: 'malicious' as const, ...reasonOf(record) } : {}),
    ...(typeof informational === 'string' && informational !== ''
      ? { kind: 'informational' as const, reason: informational.slice(0, 80) }
      : {}),
    ...(published === undefined ? {} : { published }),
  };
}

/** What is said of the entry itself counts more than what is said of the whole record. */
function ratingOf({ record, entry, reading }: Omit<Judged, 'id'>): ReturnType<typeof osvSeverity> {
  if (reading.ecosystemRates !== true) return osvSeverity(entry) ?? osvSeverity(record);
  const ofEntry = osvSeverity(entry) ?? osvSeverity(entry, 'ecosystem_specific') ?? osvPriority(entry);
  return ofEntry ?? osvSeverity(record) ?? osvPriority(record);
}

/** What the summary of a malicious package says is all that is kept of its words: there are hundreds of thousands. */
function reasonOf(record: Json): { readonly reason?: string } {
  const summary = record['summary'];
  return typeof summary === 'string' && summary.trim() !== '' ? { reason: summary.trim().slice(0, 200) } : {};
}

/**
 * The record's words, under the id of its flaw. Where it tells of several flaws, its rating belongs to none of them
 * alone: it stays with the record's own id.
 */
function textsAbout({ id, record, reading, flaws }: Subject): readonly VulnerabilityText[] {
  const { feed } = reading;
  if (id.startsWith('MAL-')) return [];
  const facts = osvFacts(record);
  if (reading.subject === 'bulletin') return [{ feed, id: cveInId(id) ?? id, ...facts }];
  const [flaw] = flaws;
  if (flaw === undefined || flaws.length > 1) return [{ feed, id, ...facts }];
  const names = [flaw.id, ...(flaw.aliases ?? [])];
  const gitHubTells = reading.besideGitHub === true && names.some((name) => name.startsWith('GHSA-') && name !== id);
  const best = gitHubTells ? id : flaw.id;
  const aliases = names.filter((name) => name !== best);
  return [{ feed, id: best, ...(aliases.length === 0 ? {} : { aliases }), ...facts }];
}
