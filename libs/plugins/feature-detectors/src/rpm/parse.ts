import { problemList, readRpmHeader, type RpmdbFiles, rpmdbHeaders, type RpmHeader } from '@clarion/file-formats';
import { type Feature, filesWithin, type Problem, type WantedFile, type WorkBudget } from '@clarion/model';
import { combine, type Parsed } from '../parsed';
import { parseManifest } from './manifest';
import { rpmFeature } from './rpm-feature';

/** The packages of all rpm databases among `files`. */
export function parseRpmFiles(files: readonly WantedFile[], budget: WorkBudget): Parsed {
  const folders = new Map<string, WantedFile[]>();
  for (const file of filesWithin(files, budget)) {
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  return combine(folders.values(), (folder) => parseFolder(folder, budget));
}

/** Databases of one folder, the one in use first: migrations leave the file of the older backend behind. */
const byPreference = ['rpmdb.sqlite', 'Packages.db', 'Packages'] as const;

function parseFolder(files: readonly WantedFile[], budget: WorkBudget): Parsed {
  const named = new Map(files.map((file) => [file.path.slice(file.path.lastIndexOf('/') + 1), file]));
  const manifest = named.get('container-manifest-2');
  if (manifest !== undefined) return parseManifest(manifest, budget);
  const present = byPreference.flatMap((name) => named.get(name) ?? []);
  const databases = present.filter((file) => file.content.length > 0);
  const database = databases[0] ?? present[0];
  const log = named.get('rpmdb.sqlite-wal');
  if (database === undefined) return { features: [], problems: log === undefined ? [] : orphanedLog(log) };
  const usedLog = database.path.endsWith('.sqlite') ? log : undefined;
  const contents = { database: database.content, ...(usedLog && { writeAheadLog: usedLog.content }) };
  const parsed = parseDatabase(database.path, contents, budget);
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

function parseDatabase(path: string, files: RpmdbFiles, budget: WorkBudget): Parsed {
  const { note, problems } = problemList(path);
  const features: Feature[] = [];
  for (const blob of rpmdbHeaders(files, { note, budget })) {
    const header = readRpmHeader(blob, { note, budget });
    if (header === undefined || !isPackage(header)) continue;
    if (!budget.keep()) break;
    features.push(rpmFeature(header, path));
  }
  return { features, problems: problems() };
}

/** rpm keeps the keys that it trusts as if they were packages. */
function isPackage(header: RpmHeader): boolean {
  return header.name !== 'gpg-pubkey';
}
