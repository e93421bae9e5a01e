import { asObject } from '@clarion/file-formats/documents';
import {
  type Advisory,
  type AdvisoryGroup,
  type AdvisoryScope,
  type AdvisoryState,
  type VulnerabilityRecord,
  isCveId,
  cveIdSource,
} from '@clarion/model';
import { importsOf } from './osv-imports';
import { osvVersions } from './osv-ranges';
import { objectsOf, osvDate, osvFacts, osvPriority, osvSeverity, textsOf } from './osv-text';

const prefixedCve = new RegExp(`^(?:[A-Z]+-)?(${cveIdSource})$`);

type Json = Readonly<Record<string, unknown>>;

/** The namespace, kind of name and version scheme of the packages of an OSV ecosystem. */
export interface NamespaceRules extends Pick<AdvisoryGroup, 'namespace' | 'nameKind' | 'scheme'> {
  /** The ecosystem's normal form of a package name; unchanged by default. */
  readonly normalise?: (name: string) => string;
  readonly scope?: AdvisoryScope;
}

/** One entry of `affected`, for callbacks that read database-specific data. */
export interface OsvAffected {
  /** Not normalised: `npm`, `Ubuntu:Pro:22.04:LTS`. */
  readonly ecosystem: string;
  /** Not normalised. */
  readonly name: string;
  readonly purl?: string;
  /** The whole entry, for `ecosystem_specific` and `database_specific`. */
  readonly entry: Json;
}

export interface OsvReading {
  readonly feed: string;
  /** The namespace of an ecosystem, with its rules; its packages are silently ignored if undefined. */
  readonly rulesOf: (ecosystem: string, affected: OsvAffected) => NamespaceRules | undefined;
  /**
   * The subject of a record. `flaw`: the vulnerability that its id and aliases name. `bulletin`: each of the CVEs in
   * `upstream`, `related` and `aliases` is a separate vulnerability; the record is their advisory and not another name
   * of them.
   */
  readonly subject: 'flaw' | 'bulletin';
  /**
   * Set if records of several documents may name the same vulnerability (`FeedSource.textsByRecord`): each is then
   * described under its own id, and only where it has an advisory, so that none replaces the words of another.
   */
  readonly textsByRecord?: boolean;
  /**
   * Set if `ecosystem_specific.severity` of an entry, and Ubuntu's priority, count as a rating like
   * `database_specific.severity`.
   */
  readonly ecosystemRates?: boolean;
  /** A state that an entry expresses other than by its ranges; OSV itself has only affected and fixed. */
  readonly stateOf?: (affected: OsvAffected) => AdvisoryState | undefined;
}

/** An advisory for one vulnerability of one package. */
export interface OsvAdvisory {
  readonly rules: NamespaceRules;
  /** Normalised. */
  readonly package: string;
  readonly advisory: Advisory;
  readonly affected: OsvAffected;
}

export interface OsvRecord {
  readonly id: string;
  readonly withdrawn: boolean;
  readonly advisories: readonly OsvAdvisory[];
  readonly texts: readonly VulnerabilityRecord[];
  /** The parts of the record that could not be read. */
  readonly problems: readonly string[];
}

const recordId = /^[A-Za-z0-9][\w.:+-]{0,127}$/;
const maxAffected = 50_000;
const maxIds = 500;
const longestName = 512;

/** Whether a value is a valid record id. */
export function isRecordId(value: unknown): value is string {
  return typeof value === 'string' && recordId.test(value);
}

/**
 * Reads one record (OSV schema 1.x, https://ossf.github.io/osv-schema/). Undefined if it has no id and so is not a
 * record. A withdrawn record yields only the rejection of its id. An entry without ranges and versions applies to no
 * version.
 */
export function readOsvRecord(value: unknown, reading: OsvReading): OsvRecord | undefined {
  const record = asObject(value);
  const id = record?.['id'];
  if (record === undefined || !isRecordId(id)) return undefined;
  if (osvDate(record['withdrawn']) !== undefined) {
    // Only this id: its aliases may still be valid in other records.
    const texts = [{ feed: reading.feed, id, rejected: true }];
    return { id, withdrawn: true, advisories: [], texts, problems: [] };
  }
  const flaws = reading.subject === 'flaw' ? flawsOf(id, record) : mentionsOf(id, record);
  const affected = Array.isArray(record['affected']) ? (record['affected'] as readonly unknown[]) : [];
  const problems = affected.length > maxAffected ? [`More than ${maxAffected} affected packages`] : [];
  const advisories: OsvAdvisory[] = [];
  for (const entry of affected.slice(0, maxAffected)) {
    const read = readAffected(entry, { id, record, reading, flaws });
    advisories.push(...read.advisories);
    problems.push(...read.problems);
  }
  const isUnused = reading.textsByRecord === true && advisories.length === 0;
  const texts = isUnused ? [] : textsAbout({ id, record, reading, flaws });
  return { id, withdrawn: false, advisories, texts, problems };
}

/** The id of a vulnerability with its aliases. */
type Flaw = Pick<Advisory, 'id' | 'aliases' | 'advisory'>;

/**
 * Aliases name the same vulnerability. With several CVEs, returns one entry per CVE; otherwise one under the CVE, the
 * GHSA or the record's id.
 */
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

/** The CVEs of a distribution's advisory; an advisory without any is not about a vulnerability. */
function mentionsOf(id: string, record: Json): readonly Flaw[] {
  const lists = ['upstream', 'related', 'aliases'].flatMap((list) => textsOf(record[list], 20_000));
  const cves = new Set(lists.filter((name) => isCveId(name)));
  const own = cveInId(id);
  if (cves.size === 0 && own !== undefined) cves.add(own);
  return [...cves].map((name) => (name === id ? { id: name } : { id: name, advisory: id }));
}

/** `UBUNTU-CVE-2024-1234` is the distribution's record for that CVE. */
function cveInId(id: string): string | undefined {
  return prefixedCve.exec(id)?.[1];
}

interface Subject {
  readonly id: string;
  readonly record: Json;
  readonly reading: OsvReading;
  readonly flaws: readonly Flaw[];
}

interface EntryAdvisories {
  readonly advisories: readonly OsvAdvisory[];
  readonly problems: readonly string[];
}

function readAffected(value: unknown, { id, record, reading, flaws }: Subject): EntryAdvisories {
  const affected = affectedOf(value);
  if (affected === undefined) return { advisories: [], problems: ['Affected entry without a package'] };
  const rules = reading.rulesOf(affected.ecosystem, affected);
  if (rules === undefined || flaws.length === 0) return { advisories: [], problems: [] };
  const { entry, name } = affected;
  const { ranges, versions, problems } = osvVersions(entry['ranges'], entry['versions'], rules.scheme);
  const of = (problem: string): string => `${affected.ecosystem} ${name}: ${problem}`;
  const state = reading.stateOf?.(affected);
  if (ranges.length === 0 && versions.length === 0 && state === undefined) {
    const why = problems.length > 0 ? problems : ['No affected version is named'];
    return { advisories: [], problems: isEmptyByRange(entry) && problems.length === 0 ? [] : why.map(of) };
  }
  const facts = {
    state: state ?? (ranges.some(({ fixed }) => fixed !== undefined) ? ('fixed' as const) : ('affected' as const)),
    ...(ranges.length === 0 ? {} : { ranges }),
    ...(versions.length === 0 ? {} : { versions }),
    ...ratingFacts({ id, record, entry, reading }),
    ...(rules.scope === undefined ? {} : { scope: rules.scope }),
    ...(affected.ecosystem === 'Go' ? importsOf(entry) : {}),
  };
  const normalised = rules.normalise?.(name) ?? name;
  const advisories = flaws.map((flaw) => ({ rules, package: normalised, advisory: { ...flaw, ...facts }, affected }));
  return { advisories, problems: problems.map(of) };
}

/** A range that is introduced and fixed in the same version is present and empty: this is intended, not an omission. */
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

interface RatedEntry {
  readonly id: string;
  readonly record: Json;
  readonly entry: Json;
  readonly reading: OsvReading;
}

function ratingFacts({ id, record, entry, reading }: RatedEntry): Partial<Advisory> {
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

/** A rating of the entry has priority over a rating of the whole record. */
function ratingOf({ record, entry, reading }: Omit<RatedEntry, 'id'>): ReturnType<typeof osvSeverity> {
  if (reading.ecosystemRates !== true) return osvSeverity(entry) ?? osvSeverity(record);
  const ofEntry = osvSeverity(entry) ?? osvSeverity(entry, 'ecosystem_specific') ?? osvPriority(entry);
  return ofEntry ?? osvSeverity(record) ?? osvPriority(record);
}

/** Only the summary of a malicious package is kept: there are hundreds of thousands of them. */
function reasonOf(record: Json): { readonly reason?: string } {
  const summary = record['summary'];
  return typeof summary === 'string' && summary.trim() !== '' ? { reason: summary.trim().slice(0, 200) } : {};
}

/**
 * The vulnerability record, under the id of its vulnerability, or of the OSV record (`OsvReading.textsByRecord`). If the
 * OSV record names several vulnerabilities, its rating applies to none of them alone: it keeps the OSV record's id.
 */
function textsAbout({ id, record, reading, flaws }: Subject): readonly VulnerabilityRecord[] {
  const { feed } = reading;
  if (id.startsWith('MAL-')) return [];
  const facts = osvFacts(record);
  if (reading.subject === 'bulletin') return [{ feed, id: cveInId(id) ?? id, ...facts }];
  const [flaw] = flaws;
  if (flaw === undefined || flaws.length > 1) return [{ feed, id, ...facts }];
  const names = [flaw.id, ...(flaw.aliases ?? [])];
  const best = reading.textsByRecord === true ? id : flaw.id;
  const aliases = names.filter((name) => name !== best);
  return [{ feed, id: best, ...(aliases.length === 0 ? {} : { aliases }), ...facts }];
}
