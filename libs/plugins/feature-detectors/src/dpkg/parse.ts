import {
  deb822Stanzas,
  type Deb822Stanza,
  type NoteProblem,
  possibleReadings,
  problemList,
} from '@clarion/file-formats';
import type { Feature, Problem, WantedFile, WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { noteDamage } from '../record-damage';
import { isUsableText, quoted, usableTexts } from '../usable-text';
import { configurationFolder, isConfiguration } from './configuration';
import { packageState } from './package-state';

/** Where distroless images keep one file per package; these packages are installed and have no status. */
export const statusFolder = 'var/lib/dpkg/status.d/';

/** Where dpkg records changes before they are in its status file; it reads files whose names are digits. */
export const journalFolder = 'var/lib/dpkg/updates/';

const sideFile = /\.(?:md5sums|list|conffiles|preinst|postinst|prerm|postrm|triggers|symbols|shlibs|config|templates)$/;

/**
 * Whether a file is not a control file but one that dpkg keeps beside its databases: a file about a package in
 * `status.d`, or one in `updates` or `dpkg.cfg.d` that dpkg itself ignores.
 */
export function isSideFile({ path, content }: WantedFile): boolean {
  if (path.startsWith(journalFolder)) return !/^[0-9]+$/.test(path.slice(journalFolder.length));
  if (path.startsWith(configurationFolder)) return !isConfiguration(path);
  // A package may have such a name: a file that starts like a control file is one.
  return path.startsWith(statusFolder) && sideFile.test(path) && !/^[A-Za-z-]+:[ \t]/.test(startOf(content));
}

function startOf(content: Uint8Array): string {
  return Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, 100)).toString('latin1');
}

const fieldsToRead: ReadonlySet<string> = new Set([
  'package',
  'version',
  'architecture',
  'status',
  'source',
  'maintainer',
  'vendor',
  'origin',
  'type',
]);

/** The packages in one status file. A file with text but without any package record is unreadable. */
export function parseStatus(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { note, problems } = problemList(file.path);
  const features: Feature[] = [];
  let stanzas = 0;
  let records = 0;
  let ports = 0;
  for (const stanza of deb822Stanzas(file.content, { names: fieldsToRead, opener: 'package' }, budget)) {
    stanzas++;
    if (isVcpkgPort(stanza.fields)) ports++;
    if (stanza.fields.has('package')) records++;
    noteDamage(stanza, note, 'stanza');
    const kept = toFeatures(stanza, file.path, note).every((feature) => budget.keep() && features.push(feature) > 0);
    if (!kept) break;
  }
  if (stanzas > 0 && records === 0) note('unreadable-database', 'No package record in this dpkg status file');
  // dpkg itself ignores the field: a single stanza with it hides no package.
  if (ports > 0 && ports === records) return { features: [], problems: [foreignDatabase(file.path)] };
  if (stanzas > 0 && file.path.startsWith(journalFolder)) note('bad-record', unmerged);
  return { features, problems: problems() };
}

/** The entries that a journal replaces may be in a file of another layer. */
const unmerged =
  'dpkg was interrupted before it merged this file: its packages are listed beside those of the status file';

/** The packages that one stanza may describe: each value of a repeated field counts. */
function toFeatures(stanza: Deb822Stanza, path: string, note: NoteProblem): readonly Feature[] {
  const { onDisk, illegal } = packageState(stanza, path.startsWith(statusFolder));
  const name = stanza.fields.get('package') ?? '';
  if (illegal !== undefined) note('bad-record', `dpkg has no such state of ${quoted(name)}: ${quoted(illegal)}`);
  // Without a name, the record cannot be assigned to a package.
  if (!onDisk && name === '') noteBadStanza(stanza.fields, stanza.line, note);
  else if (!onDisk && !stanza.fields.has('status')) note('bad-record', withoutStatus(name, stanza.line));
  if (!onDisk) return [];
  if (isUsableText(name) && !legalName.test(name))
    note('bad-record', `${quoted(name)} is not a name of a package of dpkg`);
  const readings = possibleReadings(stanza, ['version', 'source']);
  const features = readings.flatMap((fields) => toFeature(fields, path, note) ?? []);
  if (features.length === 0) noteBadStanza(stanza.fields, stanza.line, note);
  return features;
}

/** dpkg writes a status in every stanza, and treats a package without one as not installed. */
function withoutStatus(name: string, line: number): string {
  return `The stanza at line ${line} does not say whether ${quoted(name)} is installed: it is not listed`;
}

/** Names that dpkg accepts; it converts them to lower case. */
const legalName = /^[a-z0-9][a-z0-9+._-]*$/i;

type Fields = ReadonlyMap<string, string>;

function foreignDatabase(path: string): Problem {
  return {
    code: 'unreadable-database',
    path,
    message: "This is a status file of vcpkg, whose packages are not Debian's; they are not listed",
  };
}

/** vcpkg, the C++ library manager, has status files with the same syntax, in which every stanza has this type. */
function isVcpkgPort(fields: Fields): boolean {
  return fields.get('type') === 'Port';
}

function toFeature(fields: Fields, path: string, note: NoteProblem): Feature | undefined {
  const name = fields.get('package')?.toLowerCase();
  const version = fields.get('version');
  if (!isUsableText(name) || !isUsableText(version)) return undefined;
  return {
    type: 'dpkg',
    name,
    version,
    source: parseSource(fields.get('source'), { name, version }, note),
    ...usableTexts({
      architecture: fields.get('architecture'),
      vendor: fields.get('maintainer'),
      publisher: fields.get('vendor') ?? fields.get('origin'),
    }),
    path,
  };
}

/**
 * `Source: name` or `Source: name (version)`; a missing or incomplete part is taken from the binary package. Source
 * names are lower-case by policy, and feeds use them in lower case.
 */
function parseSource(
  source: string | undefined,
  binary: { name: string; version: string },
  note: NoteProblem,
): Feature['source'] & object {
  if (!isUsableText(source)) return binary;
  const open = source.indexOf('(');
  if (open < 0) return { name: source.toLowerCase(), version: binary.version };
  const close = source.indexOf(')', open);
  if (close < 0) note('bad-record', `The source version of ${quoted(binary.name)} has no end: ${quoted(source)}`);
  const version = source.slice(open + 1, Math.max(close, open + 1)).trim();
  const name = source.slice(0, open).trim().toLowerCase();
  return { name: name || binary.name, version: version || binary.version };
}

function noteBadStanza(fields: Fields, line: number, note: NoteProblem): void {
  const name = fields.get('package') ?? '';
  const what = name === '' ? 'has no package name' : `of ${quoted(name)} has no usable version`;
  note('bad-record', `The stanza at line ${line} ${what}`);
}
