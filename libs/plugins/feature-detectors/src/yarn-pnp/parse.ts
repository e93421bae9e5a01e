import { partsOf, type WantedFile, type WorkBudget } from '@clarion/model';
import { parseNpmPackage } from '../npm-package';
import { combine, nothingParsed, type ParsedPackages } from '../parsed';
import { type PnpProject, readProject } from './read-project';

const projectCache = /(?:^|\/)\.yarn\/cache\/[^/]+$/;
const projectFile = /(?:\.pnp\.(?:c?js|data\.json)|node_modules\/\.yarn-state\.yml)$/;

/**
 * The packages of the archives that are in use, as far as the layer has the file that says so: a cache also has archives
 * that were unpacked, and those of other projects and versions.
 */
export function parseCaches(files: readonly WantedFile[], budget: WorkBudget): ParsedPackages {
  const projects = readProjects(
    files.filter(({ path }) => !path.endsWith('.zip')),
    budget,
  );
  const named = new Set([...projects.values()].flatMap(({ archives }) => [...(archives ?? [])]));
  return combine(
    files.filter(({ path }) => path.endsWith('.zip')),
    (file) => (isUsed(file.path, { projects, named }) ? parseArchive(file, budget) : nothingParsed),
  );
}

/** The projects of a layer by directory, with a slash at the end unless it is the root. */
function readProjects(files: readonly WantedFile[], budget: WorkBudget): ReadonlyMap<string, PnpProject> {
  const projects = new Map<string, PnpProject>();
  for (const file of files) {
    const folder = file.path.replace(projectFile, '');
    const { archives } = readProject(file, budget);
    const before = projects.get(folder)?.archives;
    projects.set(folder, { archives: archives === undefined ? before : new Set([...(before ?? []), ...archives]) });
  }
  return projects;
}

interface InUse {
  readonly projects: ReadonlyMap<string, PnpProject>;
  /** Names of the archives of all projects. */
  readonly named: ReadonlySet<string>;
}

/** The cache of a project may be in another layer than the rest of it, a cache of a user belongs to no project. */
function isUsed(path: string, { projects, named }: InUse): boolean {
  if (named.has(path.slice(path.lastIndexOf('/') + 1))) return true;
  return projectCache.test(path) && !projects.has(path.replace(/\.yarn\/cache\/[^/]+$/, ''));
}

/** The package in an archive. What the archive lacks is a problem of the excerpt already. */
function parseArchive(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const [manifest] = partsOf(file);
  return manifest === undefined
    ? nothingParsed
    : parseNpmPackage({ path: file.path, content: manifest.content }, budget);
}
