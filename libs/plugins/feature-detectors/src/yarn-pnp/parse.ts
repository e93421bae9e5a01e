import { partsOf, type Problem, type WantedFile, type WorkBudget } from '@clarion/model';
import { parseNpmPackage } from '../npm-package';
import { combine, nothingParsed, type ParsedPackages } from '../parsed';
import { quoted } from '../usable-text';
import { readProject } from './read-project';

const projectCache = /(?:^|\/)\.yarn\/cache\/[^/]+$/;
const projectFile = /(?:\.pnp\.(?:c?js|data\.json)|node_modules\/\.yarn-state\.yml)$/;

/**
 * The packages of the archives that are in use, as far as the layer has the file that says so: a cache also has archives
 * that were unpacked, and those of other projects and versions.
 */
export function parseCaches(files: readonly WantedFile[], budget: WorkBudget): ParsedPackages {
  const archives = files.filter(({ path }) => path.endsWith('.zip'));
  const { projects, paths, problems } = readProjects(files, budget);
  const named = new Set([...projects.values()].flatMap((project) => [...project]));
  const found = combine(archives, (file) =>
    isUsed(file.path, { projects, paths, named }) ? parseArchive(file, budget) : nothingParsed,
  );
  return combine([{ features: [], problems }, found], (part) => part);
}

interface Projects {
  /**
   * The archives that each project names, by its directory, with a slash at the end unless it is the root. A project
   * whose files do not say what it uses is not here.
   */
  readonly projects: ReadonlyMap<string, ReadonlySet<string>>;
  /** The paths of the archives that any project names. */
  readonly paths: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

function readProjects(files: readonly WantedFile[], budget: WorkBudget): Projects {
  const present = new Set(files.map(({ path }) => nameOf(path)));
  const projects = new Map<string, Set<string>>();
  const allPaths = new Set<string>();
  const unknown = new Map<string, string>();
  const problems: Problem[] = [];
  for (const file of files) {
    const { path } = file;
    if (path.endsWith('.zip')) continue;
    const folder = path.replace(projectFile, '');
    const { archives, paths, elsewhere, isKnown } = readProject(file, budget);
    if (!isKnown) {
      unknown.set(path, folder);
      continue;
    }
    projects.set(folder, new Set([...(projects.get(folder) ?? []), ...archives]));
    for (const one of paths) allPaths.add(one);
    // Archives of the usual caches may be in another layer, where they are found without this file.
    const absent = [...elsewhere].filter((name) => !present.has(name));
    if (absent.length > 0) problems.push(unread(path, absent));
  }
  for (const [path, folder] of unknown) if (!projects.has(folder)) problems.push(damaged(path));
  return { projects, paths: allPaths, problems };
}

function unread(path: string, [first = '', ...others]: readonly string[]): Problem {
  const more = others.length === 0 ? '' : ` and ${others.length} others`;
  const message = `The table names ${quoted(first)}${more} outside the usual caches of Yarn, which this layer lacks`;
  return { code: 'bad-record', path, message };
}

function damaged(path: string): Problem {
  const message = 'The table names no package: every archive in the cache beside it is taken for one in use';
  return { code: 'bad-record', path, message };
}

interface InUse {
  readonly projects: Projects['projects'];
  readonly paths: Projects['paths'];
  /** Names of the archives of all projects. */
  readonly named: ReadonlySet<string>;
}

/**
 * The cache of a project may be in another layer than the rest of it, a cache of a user belongs to no project. Projects
 * side by side have archives of the same names, so the cache of one that says what it uses needs more than a name.
 */
function isUsed(path: string, { projects, paths, named }: InUse): boolean {
  const name = nameOf(path);
  if (!projectCache.test(path)) return named.has(name);
  const own = projects.get(path.replace(/\.yarn\/cache\/[^/]+$/, ''));
  return own === undefined || own.has(name) || paths.has(path);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The package in an archive. What the archive lacks is a problem of the excerpt already. */
function parseArchive(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const [manifest] = partsOf(file);
  return manifest === undefined
    ? nothingParsed
    : parseNpmPackage({ path: file.path, content: manifest.content }, budget);
}
