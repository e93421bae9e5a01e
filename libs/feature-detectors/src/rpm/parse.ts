import { problemList, readRpmHeader, type RpmHeader, rpmdbHeaders } from '@clarion/file-formats';
import type { Feature, Problem, WantedFile } from '@clarion/model';
import { combine, type Parsed } from '../parsed';
import { maxRecords } from '../record-limits';
import { parseManifest } from './manifest';
import { rpmFeature } from './rpm-feature';

/** The packages of all rpm databases among `files`. */
export function parseRpmFiles(files: readonly WantedFile[]): Parsed {
  const folders = new Map<string, WantedFile[]>();
  for (const file of files) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return combine([...folders.values()].map(parseFolder));
}

/** Databases of one folder, the one in use first: migrations leave the file of the older backend behind. */
const byPreference = ['rpmdb.sqlite', 'Packages.db', 'Packages'] as const;

function parseFolder(files: readonly WantedFile[]): Parsed {
  const named = new Map(files.map((file) => [file.path.slice(file.path.lastIndexOf('/') + 1), file]));
  const manifest = named.get('container-manifest-2');
  if (manifest !== undefined) return parseManifest(manifest);
  const present = byPreference.flatMap((name) => named.get(name) ?? []);
  const databases = present.filter((file) => file.content.length > 0);
  const database = databases[0] ?? present[0];
  const log = named.get('rpmdb.sqlite-wal');
  if (database === undefined) return { features: [], problems: log === undefined ? [] : orphanedLog(log) };
  const usedLog = database.path.endsWith('.sqlite') ? log : undefined;
  const parsed = parseDatabase(database, usedLog);
  const stale = databases.slice(1).map((file): Problem => {
    const message = `Not read: ${database.path} is the newer rpm database of this directory`;
    return { code: 'stale-database', path: file.path, message };
  });
  return { features: parsed.features, problems: [...parsed.problems, ...stale] };
}

function orphanedLog(log: WantedFile): Problem[] {
  if (log.content.length === 0) return [];
  const message = 'A write-ahead log without its rpm database in this layer: the changes in it are not known';
  return [{ code: 'unreadable-database', path: log.path, message }];
}

function parseDatabase(database: WantedFile, log: WantedFile | undefined): Parsed {
  const { note, problems } = problemList(database.path);
  const features: Feature[] = [];
  const files = { database: database.content, ...(log && { writeAheadLog: log.content }) };
  for (const blob of rpmdbHeaders(files, note)) {
    const header = readRpmHeader(blob, note);
    if (header === undefined || !isPackage(header)) continue;
    if (features.length === maxRecords) {
      note('limit-reached', `More than ${maxRecords} packages; the rest is not read`);
      break;
    }
    features.push(rpmFeature(header, database.path));
  }
  return { features, problems: problems() };
}

/** rpm keeps the keys that it trusts as if they were packages. */
function isPackage(header: RpmHeader): boolean {
  return header.name !== 'gpg-pubkey';
}
