import { compileGlob } from '@clarion/layer-archive';
import { filesWithin, type DetectedFacts, type WantedFile, type WorkBudget } from '@clarion/model';
import { combine, type ParsedPackages } from '../parsed';
import { LockFile } from './lock-file';
import { unreadManifests } from './manifests';
import type { LockFormat } from './lock-format';
import { lockFormats } from './lock-formats';

const named = lockFormats.flatMap((format) => format.names.map((name) => [name, format] as const));
const formats: ReadonlyMap<string, LockFormat> = new Map(named);
const patterns = named
  .filter(([name]) => name.includes('*'))
  .map(([name, format]) => ({ matches: compileGlob(`**/${name}`), format }));

function formatOf(path: string, name: string): LockFormat | undefined {
  return formats.get(name) ?? patterns.find(({ matches }) => matches(path))?.format;
}

/** Lock files in these directories come with packages that are installed or cached there. */
const insidePackages =
  /(?:^|\/)(?:node_modules|(?:site|dist)-packages|gems\/[^/]+-\d[^/]*|META-INF\/maven|pkg\/mod|\.cargo\/(?:registry|git)|\.pub-cache)\//;

/** The format of a lock file of a project; undefined for any other file. */
function formatOfLock(path: string): LockFormat | undefined {
  const format = formatOf(path, splitPath(path)[1]);
  return format === undefined || isOfPackage(path, format) ? undefined : format;
}

const isReadItself = (path: string): boolean => formatOfLock(path) !== undefined;

/** The packages of the lock files of one layer. */
export async function parseLockFiles(files: readonly WantedFile[], budget: WorkBudget): Promise<DetectedFacts> {
  const directories = byDirectory(files);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const parsed: ParsedPackages[] = [];
  for (const file of filesWithin(files, budget)) {
    const [directory] = splitPath(file.path);
    const format = formatOfLock(file.path);
    if (format === undefined) continue;
    const siblings = directories.get(directory) ?? new Map();
    const lock = new LockFile(file, { type: format.type, budget, siblings, files: byPath, isReadItself });
    await format.read(lock);
    parsed.push(lock.found());
  }
  const locks = files.filter(({ path }) => isReadItself(path)).map(({ path }) => path);
  const manifests = files.filter(({ path }) => !insidePackages.test(path));
  parsed.push({ features: [], problems: unreadManifests(manifests, { locks, budget }) });
  return combine(parsed, (one) => one);
}

function isOfPackage(path: string, { notBelow = [] }: LockFormat): boolean {
  return (
    insidePackages.test(path) || notBelow.some((name) => path.startsWith(`${name}/`) || path.includes(`/${name}/`))
  );
}

function byDirectory(files: readonly WantedFile[]): ReadonlyMap<string, ReadonlyMap<string, WantedFile>> {
  const directories = new Map<string, Map<string, WantedFile>>();
  for (const file of files) {
    const [directory, name] = splitPath(file.path);
    const known = directories.get(directory) ?? new Map<string, WantedFile>();
    directories.set(directory, known.set(name, file));
  }
  return directories;
}

function splitPath(path: string): readonly [directory: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}
