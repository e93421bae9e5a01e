import { isObject, type JsonObject } from '@clarion/model';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
import { noteVersion } from '../note-version';

/** Locks of npm (https://docs.npmjs.com/cli/configuring-npm/package-lock-json), versions 1 to 3. */
export const npmLock: LockFormat = {
  type: 'npm',
  names: ['package-lock.json', 'npm-shrinkwrap.json'],
  read(file) {
    const lock = file.json();
    if (lock === undefined) return;
    const { packages, dependencies, lockfileVersion } = lock;
    noteVersion(file, { lockfileVersion }, (version) => version >= 1 && version <= 3);
    if (isObject(packages)) readPackages(packages, file);
    else if (isObject(dependencies)) readDependencies(dependencies, file);
    else if (packages !== undefined || dependencies !== undefined || lockfileVersion === undefined) {
      file.reject('it has no list of packages');
    }
  },
};

const modules = 'node_modules/';

/** Versions 2 and 3: each directory in `node_modules`, by its path. Other paths are those of workspaces. */
function readPackages(packages: JsonObject, file: LockFile): void {
  for (const [path, entry] of Object.entries(packages)) {
    const at = path.lastIndexOf(modules);
    if (at < 0) continue;
    if (!isObject(entry)) {
      file.list(path, undefined);
      continue;
    }
    if (entry['link'] === true || entry['dev'] === true) continue;
    // An alias (`npm:other@1.0.0`) has another name than its directory.
    const name = typeof entry['name'] === 'string' ? entry['name'] : path.slice(at + modules.length);
    if (!file.list(name, entry['version'])) return;
  }
}

/** Version 1: nested like the directories. */
function readDependencies(outermost: JsonObject, file: LockFile): void {
  const left = [outermost];
  for (let dependencies = left.pop(); dependencies !== undefined; dependencies = left.pop()) {
    for (const [name, entry] of Object.entries(dependencies)) {
      if (!isObject(entry)) file.list(name, undefined);
      else if (entry['dev'] !== true && !readDependency(name, entry['version'], file)) return;
      if (isObject(entry) && isObject(entry['dependencies'])) left.push(entry['dependencies']);
    }
  }
}

/** The version may be an alias, or the address of an archive, a repository or a directory. */
function readDependency(name: string, version: unknown, file: LockFile): boolean {
  if (typeof version !== 'string' || !/[:/]/.test(version)) return file.list(name, version);
  const alias = /^npm:(.+)@([^@]+)$/.exec(version);
  if (alias !== null) return file.list(alias[1], alias[2]);
  if (!version.startsWith('file:')) file.listVague(name);
  return true;
}
