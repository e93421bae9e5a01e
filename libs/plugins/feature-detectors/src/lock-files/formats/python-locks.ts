import { isObject, type JsonObject } from '@clarion/model';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
import { noteOtherTables } from '../note-version';
import { tablesOf } from '../toml';

/** Locks of Poetry (https://python-poetry.org): groups other than the main one are for development. */
export const poetryLock: LockFormat = {
  type: 'pypi',
  names: ['poetry.lock'],
  read: (file) => {
    readTables(file, 'package', (one) => {
      const { source, category } = one;
      if (isObject(source) && source['type'] === 'directory') return false;
      return category !== 'dev' && groupsOf(one)?.includes('main') !== false;
    });
  },
};

/** Names of groups that are for development by convention: the lock does not say which of them are. */
const groupsForDevelopment: ReadonlySet<unknown> = new Set(['dev', 'test', 'tests', 'lint', 'doc', 'docs', 'typing']);

/** Locks of PDM (https://pdm-project.org). */
export const pdmLock: LockFormat = {
  type: 'pypi',
  names: ['pdm.lock'],
  read: (file) => {
    readTables(file, 'package', (one) => {
      if (one['path'] !== undefined || one['editable'] === true) return false;
      const groups = groupsOf(one) ?? [];
      return groups.length === 0 || !groups.every((group) => groupsForDevelopment.has(group));
    });
  },
};

/** The common format (https://packaging.python.org/en/latest/specifications/pylock-toml/). */
export const pylock: LockFormat = {
  type: 'pypi',
  names: ['pylock.toml'],
  read: (file) => {
    readTables(file, 'packages', (one) => one['directory'] === undefined);
  },
};

function groupsOf({ groups }: JsonObject): readonly unknown[] | undefined {
  return Array.isArray(groups) ? groups : undefined;
}

/** Lists what the tables of an array describe and `isMeant` accepts. */
function readTables(file: LockFile, member: string, isMeant: (table: JsonObject) => boolean): void {
  const lock = file.toml();
  if (lock === undefined) return;
  const tables = lock[member];
  if (tables !== undefined && !Array.isArray(tables)) file.reject(`its ${member} are no array of tables`);
  noteOtherTables(file, lock, member);
  for (const table of tablesOf(tables)) {
    if (!file.budget.spend(1)) return;
    if (!isMeant(table)) continue;
    const { name, version } = table;
    if (version === undefined) file.listVague(name);
    else if (!file.list(name, version)) return;
  }
}
