import { isObject, type JsonObject, type WorkBudget } from '@clarion/model';
import type { LockFormat } from '../lock-format';
import { noteOtherTables, noteVersion } from '../note-version';
import { tablesOf } from '../toml';

/** Locks of uv (https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile). */
export const uvLock: LockFormat = {
  type: 'pypi',
  names: ['uv.lock'],
  read(file) {
    const lock = file.toml();
    if (lock === undefined) return;
    // Called distributions up to uv 0.3.
    const member = lock['package'] === undefined && lock['distribution'] !== undefined ? 'distribution' : 'package';
    const packages = tablesOf(lock[member]);
    if (lock['version'] === undefined && packages.length === 0) {
      file.reject('it has no list of packages');
      return;
    }
    noteVersion(file, { version: lock['version'] }, (version) => version === 1);
    noteOtherTables(file, lock, member);
    const needed = neededNames(packages, file.budget);
    for (const one of packages) {
      const { name, version } = one;
      if (isLocal(one) || needed?.has(name) === false) continue;
      if (version === undefined) file.listVague(name);
      else if (!file.list(name, version)) return;
    }
  },
};

const localKinds = ['editable', 'virtual', 'directory', 'workspace'];

/** A project of the workspace. Up to uv 0.2 the source was a text: `editable+.`. */
function isLocal({ source }: JsonObject): boolean {
  if (typeof source === 'string') return localKinds.some((kind) => source.startsWith(`${kind}+`));
  return isObject(source) && localKinds.some((kind) => source[kind] !== undefined);
}

/**
 * What the projects need with all their extras, except for development (`dev-dependencies`); undefined where the lock
 * has no project.
 */
function neededNames(packages: readonly JsonObject[], budget: WorkBudget): ReadonlySet<unknown> | undefined {
  const byName = new Map<unknown, JsonObject[]>();
  for (const one of packages) byName.set(one['name'], [...(byName.get(one['name']) ?? []).slice(0, mostOfName), one]);
  const needed = new Set<unknown>(packages.filter(isLocal).map(({ name }) => name));
  if (needed.size === 0) return undefined;
  // A set is walked in the order of insertion, also over what is added meanwhile.
  for (const name of needed) {
    for (const dependency of (byName.get(name) ?? []).flatMap(dependenciesOf)) {
      if (!budget.spend(1)) return undefined;
      needed.add(dependency['name']);
    }
  }
  return needed;
}

/** Some names have a version for each platform. */
const mostOfName = 100;

function dependenciesOf(one: JsonObject): readonly JsonObject[] {
  const extras = one['optional-dependencies'];
  return [...tablesOf(one['dependencies']), ...(isObject(extras) ? Object.values(extras).flatMap(tablesOf) : [])];
}
