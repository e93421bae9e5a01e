import { asObject, parsePackageUrl } from '@clarion/file-formats/documents';
import {
  type Advisory,
  compareSeverity,
  type VulnerabilityRecord,
  type VersionRange,
  cveIdSource,
} from '@clarion/model';
import { severityOfPriority } from '../canonical-priority';
import { isRejection } from '../cve-rejection';
import { continuesRelease, scopeOf, ubuntuEcosystem, type UbuntuArchive } from '../launchpad-series';
import { osvVersions } from '../osv-ranges';
import { objectsOf, osvDate, osvFacts } from '../osv-text';
import { feedId as feed, isSourceName, type ReadRecord, type ArchiveAdvisory } from './archive-record';

type Json = Readonly<Record<string, unknown>>;

const record = new RegExp(`^(?:UBUNTU-)?(${cveIdSource})$`);
const notice = /^USN-\d{1,6}-\d{1,4}$/;
const maxAffected = 50_000;

/**
 * Reads one OSV record of Ubuntu's. `UBUNTU-CVE-…` states the fixes of a flaw; `USN-…` repeats them and is only kept as
 * text; anything else is a problem. A withdrawn record says nothing.
 */
export function readOsv(value: unknown): ReadRecord {
  const osv = asObject(value);
  const id = osv?.['id'];
  if (osv === undefined || typeof id !== 'string') return { advisories: [], problems: ['Record without an id'] };
  const cve = record.exec(id)?.[1];
  if (cve === undefined)
    return notice.test(id) ? readNotice(id, osv) : { advisories: [], problems: ['Unknown kind of id'] };
  if (isRejection(osv['details'])) return { advisories: [], text: { feed, id: cve, rejected: true }, problems: [] };
  // Not the same as a rejected id: only this record is gone, other feeds may still cover its CVE.
  if (osvDate(osv['withdrawn']) !== undefined) return { advisories: [], problems: [] };
  const priority = severityOfPriority(priorityIn(osv['severity']));
  const entries: Entry[] = [];
  const problems: string[] = [];
  for (const item of affectedOf(osv, problems)) {
    const entry = readEntry(item, priority);
    if (typeof entry === 'string') problems.push(entry);
    else entries.push(entry);
  }
  return {
    advisories: advisoriesOf(cve, entries),
    text: textOf(cve, osv, [priority, ...entries.map((entry) => entry.priority)]),
    problems,
  };
}

/** A notice has a date and a title that no CVE record has. */
function readNotice(id: string, osv: Json): ReadRecord {
  const { description, published } = osvFacts({ summary: osv['summary'], published: osv['published'] });
  const text = {
    feed,
    id,
    ...(description === undefined ? {} : { description }),
    ...(published === undefined ? {} : { published }),
    links: [`https://ubuntu.com/security/notices/${id}`],
  };
  return { advisories: [], text, problems: [] };
}

type Priority = ReturnType<typeof severityOfPriority>;

/** Older records state the priority with each package only. */
function textOf(cve: string, osv: Json, [ofRecord, ...ofPackages]: readonly Priority[]): VulnerabilityRecord {
  const id = String(osv['id']);
  const [worst] = ofPackages.flatMap(({ severity }) => severity ?? []).sort(compareSeverity);
  const severity = ofRecord?.severity ?? worst;
  const aliases = id === cve ? {} : { aliases: [id] };
  return { feed, id: cve, ...aliases, ...osvFacts(osv), ...(severity === undefined ? {} : { severity }) };
}

function priorityIn(severities: unknown): unknown {
  return objectsOf(severities).find(({ type }) => type === 'Ubuntu')?.['score'];
}

function affectedOf(osv: Json, problems: string[]): readonly unknown[] {
  const affected = osv['affected'] ?? [];
  if (!Array.isArray(affected)) problems.push('The list of affected packages is not a list');
  else if (affected.length > maxAffected) problems.push(`More than ${maxAffected} affected packages`);
  return Array.isArray(affected) ? affected.slice(0, maxAffected) : [];
}

/** What a record says about one package of one archive. */
interface Entry {
  readonly package: string;
  readonly archive: UbuntuArchive;
  readonly ranges: readonly VersionRange[];
  /** Only where no range is given. */
  readonly versions: readonly string[];
  readonly priority: Priority;
}

function readEntry(value: unknown, ofRecord: Priority): Entry | string {
  const entry = asObject(value);
  const pkg = asObject(entry?.['package']);
  const [ecosystem, name, purl] = [pkg?.['ecosystem'], pkg?.['name'], pkg?.['purl']];
  if (entry === undefined || typeof ecosystem !== 'string') return 'Affected entry without a package';
  const of = `${ecosystem} ${String(name)}`.slice(0, 100);
  if (!isSourceName(name)) return `${of}: not a name of a package`;
  const archive = archiveOf(ecosystem, purl, entry);
  if (archive === undefined) return `${of}: unknown ecosystem`;
  const ranged = objectsOf(entry['ranges']).some(({ type }) => type !== 'GIT');
  // The single versions are those in the ranges that Ubuntu has published: a hundred for a kernel, and nothing new.
  const { ranges, versions, problems } = osvVersions(entry['ranges'], ranged ? [] : entry['versions'], 'dpkg');
  if (problems[0] !== undefined) return `${of}: ${problems[0]}`;
  if (ranges.length + versions.length === 0 && !ranged) return `${of}: no affected version is named`;
  const own = severityOfPriority(
    asObject(entry['ecosystem_specific'])?.['ubuntu_priority'] ?? priorityIn(entry['severity']),
  );
  const priority = own.vendorSeverity === undefined ? ofRecord : own;
  return { package: name, archive, ranges, versions, priority };
}

function archiveOf(ecosystem: string, purl: unknown, entry: Json): UbuntuArchive | undefined {
  // Most ecosystems identify the archive; package URLs are read where one stands for several archives.
  const ambiguous = ecosystem.startsWith('Ubuntu:Pro:') && typeof purl === 'string';
  const distro = ambiguous ? parsePackageUrl(purl)?.qualifiers.get('distro') : undefined;
  const availability = asObject(entry['ecosystem_specific'])?.['availability'];
  return ubuntuEcosystem(ecosystem, {
    ...(distro === undefined ? {} : { distro }),
    ...(typeof availability === 'string' ? { availability } : {}),
  });
}

function advisoriesOf(cve: string, entries: readonly Entry[]): readonly ArchiveAdvisory[] {
  const releases = new Map<string, 'open' | 'closed'>();
  for (const entry of entries.filter(({ archive }) => archive.channel === undefined)) {
    const open = !isFixed(entry.ranges) && entry.ranges.length + entry.versions.length > 0;
    if (!open || !releases.has(keyOf(entry))) releases.set(keyOf(entry), open ? 'open' : 'closed');
  }
  return entries.flatMap((entry) => {
    const stated = advisoryOf(cve, entry);
    const disclosed = disclosureOf(cve, entry, releases.get(keyOf(entry)));
    return [stated, disclosed]
      .filter((advisory) => advisory !== undefined)
      .map((advisory) => ({ namespace: entry.archive.namespace, package: entry.package, advisory }));
  });
}

function keyOf({ archive, package: name }: Entry): string {
  return `${archive.namespace} ${name}`;
}

/**
 * A fix is reported unchanged. Without a fix the record does not distinguish `needed` from `needs-triage` or `ignored`,
 * as OpenVEX does: it is reported as under investigation, which any definite state of the package overrides.
 */
function advisoryOf(cve: string, { archive, ranges, versions, priority }: Entry): Advisory | undefined {
  const rest = { ...priority, ...scopeOf(archive) };
  if (ranges.length + versions.length === 0) return { id: cve, state: 'not_affected', ...scopeOf(archive) };
  if (isFixed(ranges)) return { id: cve, state: 'fixed', ranges, ...rest };
  if (archive.channel !== undefined) return undefined;
  const known = { ...intervalsOf(ranges), ...(versions.length === 0 ? {} : { versions }) };
  return { id: cve, state: 'under_investigation', ...known, ...rest, reason: 'listed without a fix' };
}

/**
 * A package that is only fixed in a channel of Ubuntu Pro is affected in the release itself, about which the record
 * says nothing or not enough. Versions from the channel's fix on have it, wherever they come from: a limit says so.
 */
function disclosureOf(cve: string, entry: Entry, release: 'open' | 'closed' | undefined): Advisory | undefined {
  const { archive, ranges, priority } = entry;
  const { channel } = archive;
  if (channel === undefined || !continuesRelease(channel) || ranges.length === 0 || release === 'closed')
    return undefined;
  if (isFixed(ranges)) {
    const fixes = ranges.flatMap(({ fixed }) => fixed ?? []).join(', ');
    const open = ranges.map(({ fixed, ...range }) => (fixed === undefined ? range : { ...range, limit: fixed }));
    return { id: cve, state: 'affected', ranges: open, ...priority, reason: `fixed only in ${channel}: ${fixes}` };
  }
  if (release === 'open') return undefined;
  return { id: cve, state: 'under_investigation', ...priority, reason: `listed in ${channel} without a fix` };
}

function isFixed(ranges: readonly VersionRange[]): boolean {
  return ranges.some(({ fixed }) => fixed !== undefined);
}

/** A single interval without bounds is every version, which needs no interval. */
function intervalsOf(ranges: readonly VersionRange[]): Pick<Advisory, 'ranges'> {
  const [first] = ranges;
  const everything = ranges.length === 1 && first !== undefined && Object.keys(first).length === 0;
  return ranges.length === 0 || everything ? {} : { ranges };
}
