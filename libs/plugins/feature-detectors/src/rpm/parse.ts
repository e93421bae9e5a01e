import { problemList, readRpmHeader, type RpmdbFiles, rpmdbHeaders, type RpmHeader } from '@clarion/file-formats';
import { type Feature, filesWithin, type Problem, type WantedFile, type WorkBudget } from '@clarion/model';
import { combine, type ParsedPackages } from '../parsed';
import { checkConfiguration, isConfiguration } from './configuration';
import { parseManifest } from './manifest';
import { rpmFeature } from './rpm-feature';

/** The packages of all rpm databases among `files`. */
export function parseRpmFiles(files: readonly WantedFile[], budget: WorkBudget): ParsedPackages {
  const folders = new Map<string, WantedFile[]>();
  const configuration: WantedFile[] = [];
  for (const file of filesWithin(files, budget)) {
    if (isConfiguration(file.path)) {
      configuration.push(file);
      continue;
    }
    const folder = file.path.slice(0, file.path.lastIndexOf('/') + 1);
    folders.set(folder, [...(folders.get(folder) ?? []), file]);
  }
  const databases = combine(folders.values(), (folder) => parseFolder(folder, budget));
  const { problems } = combine(configuration, (file) => checkConfiguration(file, budget));
  return { ...databases, problems: [...databases.problems, ...problems] };
}

/** Databases of one folder, that of the newest backend first: migrations leave the files of older backends behind. */
const byPreference = ['rpmdb.sqlite', 'Packages.db', 'Packages'] as const;

/**
 * Reads all databases of a folder. Which of them rpm uses depends on how it was built, and no file records that.
 * Packages that are only in one of the others are listed too, and reported.
 */
function parseFolder(files: readonly WantedFile[], budget: WorkBudget): ParsedPackages {
  const named = new Map(files.map((file) => [file.path.slice(file.path.lastIndexOf('/') + 1), file]));
  const manifest = named.get('container-manifest-2');
  if (manifest !== undefined) return parseManifest(manifest, budget);
  const present = byPreference.flatMap((name) => named.get(name) ?? []);
  const filled = present.filter((file) => file.content.length > 0);
  const log = named.get('rpmdb.sqlite-wal');
  if (present.length === 0) return { features: [], problems: log === undefined ? [] : orphanedLog(log) };
  const databases = filled.length > 0 ? filled : present.slice(0, 1);
  const parsed = databases.map(({ path, content }) => {
    const usedLog = path.endsWith('.sqlite') ? log : undefined;
    return parseDatabase(path, { database: content, ...(usedLog && { writeAheadLog: usedLog.content }) }, budget);
  });
  return {
    features: parsed.flatMap(({ features }) => features),
    problems: [
      ...parsed.flatMap(({ problems }) => problems),
      ...disagreements(databases, parsed),
      ...interrupted(named.get('rpmdb.sqlite-journal')),
    ],
  };
}

/** A problem for each database after the first that has packages the first does not have. */
function disagreements(databases: readonly WantedFile[], parsed: readonly ParsedPackages[]): readonly Problem[] {
  const [first, ...others] = databases;
  const known = new Set(parsed[0]?.features.map(keyOf));
  return others.flatMap(({ path }, at) => {
    const more = parsed[at + 1]?.features.filter((feature) => !known.has(keyOf(feature))).length ?? 0;
    if (first === undefined || more === 0) return [];
    const message = `It lists ${more} packages that ${first.path} does not: which of the two rpm uses is not known`;
    return [{ code: 'stale-database', path, message }];
  });
}

function keyOf({ name, version, architecture = '' }: Feature): string {
  return [name, version, architecture].join('\0');
}

/** The first bytes of a journal that SQLite must roll back; SQLite overwrites them at the end of a transaction. */
const hotJournal = Buffer.from('d9d505f920a163d7', 'hex');

/**
 * With such a journal beside a database, SQLite first restores the pages in the journal before anything reads the
 * database.
 *
 * @see https://www.sqlite.org/fileformat2.html#the_rollback_journal
 */
function interrupted(journal: WantedFile | undefined): readonly Problem[] {
  if (journal === undefined || !hotJournal.equals(journal.content.subarray(0, hotJournal.length))) return [];
  const message = 'A transaction was interrupted: the packages that this journal would bring back are not known';
  return [{ code: 'unreadable-database', path: journal.path, message }];
}

function orphanedLog(log: WantedFile): Problem[] {
  if (log.content.length === 0) return [];
  const message = 'A write-ahead log without its rpm database in this layer: the changes in it are not known';
  return [{ code: 'unreadable-database', path: log.path, message }];
}

function parseDatabase(path: string, files: RpmdbFiles, budget: WorkBudget): ParsedPackages {
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

/** rpm stores the keys that it trusts as if they were packages. */
function isPackage(header: RpmHeader): boolean {
  return header.name !== 'gpg-pubkey';
}
