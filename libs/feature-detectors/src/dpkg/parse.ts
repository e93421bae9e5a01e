import { deb822Stanzas, problemList, type NoteProblem } from '@clarion/file-formats';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import type { Parsed } from '../parsed';
import { isUsableText, quoted, usableTexts } from '../usable-text';

/** Where distroless images keep one file a package; packages there are installed and say no status. */
export const statusFolder = 'var/lib/dpkg/status.d/';

const sideFile = /\.(?:md5sums|list|conffiles|preinst|postinst|prerm|postrm|triggers|symbols|shlibs|config|templates)$/;

/** Whether a file in `status.d` is one of dpkg's own files about a package and no control file. */
export function isSideFile(path: string): boolean {
  return path.startsWith(statusFolder) && sideFile.test(path);
}

const wantedFields: ReadonlySet<string> = new Set([
  'package',
  'version',
  'architecture',
  'status',
  'source',
  'maintainer',
  'type',
]);

/** The packages in one status file. A file with text but without any package record is unreadable. */
export function parseStatus(file: WantedFile, budget: WorkBudget): Parsed {
  const { note, problems } = problemList(file.path);
  const features: Feature[] = [];
  let stanzas = 0;
  let records = 0;
  for (const { line, fields } of deb822Stanzas(file.content, wantedFields, budget)) {
    stanzas++;
    if (isVcpkgPort(fields)) continue;
    if (fields.has('package')) records++;
    if (!isOnDisk(fields, file.path)) continue;
    const feature = toFeature(fields, file.path);
    if (feature === undefined) noteBadStanza(fields, line, note);
    else if (budget.keep()) features.push(feature);
    else break;
  }
  if (stanzas > 0 && records === 0) note('unreadable-database', 'No package record in this dpkg status file');
  return { features, problems: problems() };
}

type Fields = ReadonlyMap<string, string>;

/** vcpkg, the C++ library manager, has status files of the same syntax; all its stanzas are of the type Port. */
function isVcpkgPort(fields: Fields): boolean {
  return fields.get('type') === 'Port';
}

const gone: ReadonlySet<string | undefined> = new Set(['not-installed', 'config-files']);

/**
 * Whether files of the package are on disk: `Status: <want> <flag> <state>`, of which only the state tells.
 *
 * @see https://manpages.debian.org/dpkg.1#PACKAGE_STATES
 */
function isOnDisk(fields: Fields, path: string): boolean {
  const status = fields.get('status');
  if (status === undefined) return path.startsWith(statusFolder);
  return !gone.has(status.split(/\s+/).at(-1));
}

function toFeature(fields: Fields, path: string): Feature | undefined {
  const name = fields.get('package');
  const version = fields.get('version');
  if (!isUsableText(name) || !isUsableText(version)) return undefined;
  return {
    type: 'dpkg',
    name,
    version,
    source: parseSource(fields.get('source'), { name, version }),
    ...usableTexts({ architecture: fields.get('architecture'), vendor: fields.get('maintainer') }),
    path,
  };
}

/** `Source: name` or `Source: name (version)`; what is not said is as in the binary package. */
function parseSource(
  source: string | undefined,
  binary: { name: string; version: string },
): Feature['source'] & object {
  if (!isUsableText(source)) return binary;
  const open = source.indexOf('(');
  if (open < 0) return { name: source, version: binary.version };
  const close = source.indexOf(')', open);
  const version = source.slice(open + 1, close < 0 ? undefined : close).trim();
  return { name: source.slice(0, open).trim() || binary.name, version: version || binary.version };
}

function noteBadStanza(fields: Fields, line: number, note: NoteProblem): void {
  const name = fields.get('package') ?? '';
  const what = name === '' ? 'has no package name' : `of ${quoted(name)} has no usable version`;
  note('bad-record', `The stanza at line ${line} ${what}`);
}
