import type { Ecosystem } from './ecosystem';
import { endsLike, isLockFile } from './is-lock-file';
import { ecosystems } from './rows';

/** The ecosystem of which the file at `path` is a manifest of a project: no lock file, and none of an installed package. */
export function ecosystemOfManifest(path: string): Ecosystem | undefined {
  return ecosystems.find((row) => isManifest(row, path) && !isLockFile(row, path));
}

function isManifest({ manifests = [], installedBelow }: Ecosystem, path: string): boolean {
  return manifests.some((glob) => endsLike(glob, path)) && installedBelow?.test(path) !== true;
}

/** Lock files of the plugins of a build. */
const ofPlugins = /^(?:buildscript|settings)-gradle\.lockfile$/;
/** Requirements of tools for development: `requirements-dev.txt`, `test_requirements.txt`, `requirements/docs.txt`. */
const requirements = /(?:^|\/)(?:requirements\/[^/]+|[^/]*requirements[^/]*)\.txt$/;
const ofTools = /(?:^|[-_./])(?:dev|develop|development|tests?|testing|docs?|lint|ci|typing|mypy)(?:[-_.][^/]*)?$/;

/** Whether a lock file names other things than what a project needs to run. */
function isForOthers(path: string, name: string): boolean {
  return ofPlugins.test(name) || (requirements.test(path) && ofTools.test(name.slice(0, -'.txt'.length)));
}
/** Directories of lock files in that of their project. */
const lockDirectory = /(?:^|\/)(?:(?:gradle\/)?dependency-locks|requirements)$/;

/** Projects of an ecosystem whose dependencies were read, in lock files or where they are installed. */
export class ReadProjects {
  private readonly row: Ecosystem;
  /** Directories of projects. */
  private readonly own = new Set<string>();
  /** Directories of workspaces: everything below them was read. */
  private readonly whole = new Set<string>();
  /** Directories that have a read one somewhere below. */
  private readonly above = new Set<string>();

  constructor(row: Ecosystem) {
    this.row = row;
  }

  /** Takes the path of a lock file that was read. */
  addLockFile(path: string): void {
    const [at, name] = split(path);
    if (isForOthers(path, name)) return;
    const directory = at.replace(lockDirectory, '');
    this.own.add(directory);
    if (this.row.workspaceLocks?.includes(name) === true) this.whole.add(directory);
    if (this.row.rootManifests !== undefined) for (const one of directoriesUpFrom(directory)) this.above.add(one);
  }

  /**
   * Takes the path of an installed package. It is for the project around it, of those in `projects`; for all of them where
   * it is outside. Node finds packages only from the directory around `node_modules`.
   */
  addInstalled(path: string, projects: ReadonlySet<string>): void {
    const { installedBelow } = this.row;
    const found = installedBelow?.exec(path);
    if (found === null) return;
    if (found?.groups?.['project'] !== undefined) this.whole.add(found.groups['project'].replace(/\/$/, ''));
    else this.whole.add(directoriesUpFrom(split(path)[0]).find((one) => projects.has(one)) ?? '');
  }

  /** Whether the dependencies that the manifest at `path` declares were read. */
  has(path: string): boolean {
    const [directory, name] = split(path);
    if (this.own.has(directory) || directoriesUpFrom(directory).some((one) => this.whole.has(one))) return true;
    return this.row.rootManifests?.includes(name) === true && this.above.has(directory);
  }
}

/** A directory and those around it up to the root, which is an empty text. */
function directoriesUpFrom(directory: string): readonly string[] {
  const found = [directory];
  for (let slash = directory.lastIndexOf('/'); slash > 0; slash = directory.lastIndexOf('/', slash - 1)) {
    found.push(directory.slice(0, slash));
  }
  return directory === '' ? found : [...found, ''];
}

function split(path: string): readonly [directory: string, name: string] {
  const slash = path.lastIndexOf('/');
  return [path.slice(0, Math.max(slash, 0)), path.slice(slash + 1)];
}
