import { openSqlite, problemList, type ReadContext, sqliteNamedRows } from '@clarion/file-formats';
import {
  type DetectedFacts,
  filesWithin,
  type Problem,
  type ScopeEvidence,
  type WantedFile,
  type WorkBudget,
} from '@clarion/model';

const maxPackages = 200_000;

type Value = null | number | string | Uint8Array | undefined;
type Row = ReadonlyMap<string, Value>;

/** One history: its tables, and a callback that reports unexpected content. */
interface History {
  readonly rows: (table: string) => Iterable<Row>;
  readonly note: ReadContext['note'];
}

/** The last repository of every package in all histories. Unreadable content is reported and never fatal. */
export function parseHistories(files: readonly WantedFile[], budget: WorkBudget): DetectedFacts {
  const evidence: ScopeEvidence[] = [];
  const problems: Problem[] = [];
  const logs = new Map(files.map(({ path, content }) => [path, content]));
  for (const file of filesWithin(files, budget)) {
    if (file.path.endsWith('-wal')) continue;
    const log = logs.get(`${file.path}-wal`);
    const noted = problemList(file.path);
    const database = openSqlite(file.content, log, noted.note);
    if (database !== undefined) {
      const context: ReadContext = { note: noted.note, budget };
      const history: History = { rows: (table) => sqliteNamedRows(database, table, context), note: noted.note };
      const packages = file.path.includes('libdnf5') ? packagesOfDnf5(history) : packagesOfDnf4(history);
      for (const [name, value] of lastRepositories(history, packages)) {
        if (!budget.keep()) break;
        evidence.push({ kind: 'installed-from', value, package: name, path: file.path });
      }
    }
    for (const problem of noted.problems()) problems.push({ ...problem, code: 'unreadable-evidence' });
  }
  return { evidence, problems };
}

/** `name-version-release.architecture` by item. Schema: libdnf/transaction/sql/create.sql */
function packagesOfDnf4(history: History): ReadonlyMap<Value, string> {
  return packagesOf(history, (row) => ({ name: row.get('name'), architecture: row.get('arch') }));
}

/** dnf 5 keeps names and architectures in separate tables. Schema: libdnf5/transaction/db */
function packagesOfDnf5(history: History): ReadonlyMap<Value, string> {
  const names = namesById(history.rows('pkg_name'), 'name');
  const architectures = namesById(history.rows('arch'), 'name');
  return packagesOf(history, (row) => ({
    name: names.get(row.get('name_id')),
    architecture: architectures.get(row.get('arch_id')),
  }));
}

function packagesOf(
  { rows, note }: History,
  namesOf: (row: Row) => { readonly name: Value; readonly architecture: Value },
): ReadonlyMap<Value, string> {
  const packages = new Map<Value, string>();
  for (const row of rows('rpm')) {
    if (packages.size === maxPackages) break;
    const { name, architecture } = namesOf(row);
    const parts = [name, row.get('version'), row.get('release'), architecture];
    if (parts.every((part) => typeof part === 'string' && part !== '')) {
      const [own, version, release, processor] = parts as string[];
      packages.set(row.get('item_id'), `${own}-${version}-${release}.${processor}`);
    } else {
      note('bad-record', 'A package of the history has no full name');
    }
  }
  return packages;
}

function namesById(rows: Iterable<Row>, column: string): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  for (const row of rows) {
    const name = row.get(column);
    if (typeof name === 'string' && names.size < maxPackages) names.set(row.get('id'), name);
  }
  return names;
}

/** The latest transaction that installed a package from a repository; rows are in chronological order. */
function lastRepositories({ rows }: History, packages: ReadonlyMap<Value, string>): ReadonlyMap<string, string> {
  const repositories = namesById(rows('repo'), 'repoid');
  const byPackage = new Map<string, string>();
  for (const row of rows('trans_item')) {
    const name = packages.get(row.get('item_id'));
    const repository = repositories.get(row.get('repo_id'));
    // Removals name the pseudo repository of installed packages.
    if (name === undefined || repository === undefined || /^@|^$/.test(repository)) continue;
    byPackage.set(name, repository);
  }
  return byPackage;
}
