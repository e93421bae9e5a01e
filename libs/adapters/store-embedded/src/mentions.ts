import type { AdvisoryGroup } from '@clarion/model';

import { decode, type StoreEnvironment, unpack } from './environment';
import { keysBelow, recordKey } from './keys';

/**
 * The index from vulnerabilities to the packages with advisories about them: one record per vulnerability, under each
 * of its ids. A store has the index after the first query (`mark`). From then on every writer of advisories maintains
 * it: during the build by noting packages with changed advisories, afterwards by updating the index.
 */
export interface MentionMark {
  /** Who builds it, or has. */
  readonly token: string;
  readonly complete: boolean;
}

const markKey = recordKey('meta', 'mentions');

type Reading = Parameters<StoreEnvironment['db']['get']>[1];

/** The mark, if there is one; inside of a write transaction without `reading`. */
export function markOf(env: StoreEnvironment, reading: Reading = {}): MentionMark | undefined {
  return env.db.get(markKey, reading) as MentionMark | undefined;
}

/** Sets the mark. Inside of a write transaction. */
export function setMark(env: StoreEnvironment, mark: MentionMark): void {
  env.db.putSync(markKey, mark);
}

/** Names of packages by namespace. */
type Packages = Map<string, Set<string>>;

/** A package with advisories. */
export interface NamespacedPackage {
  readonly namespace: string;
  readonly package: string;
}

/** Packages whose advisories changed while the index was built. */
export const touchedPackages = keysBelow('mention-touched');

/** The packages of a vulnerability, sorted by namespace and name. */
export function mentioned(env: StoreEnvironment, id: string, reading: Reading): readonly (readonly [string, string])[] {
  const packages = [...packagesOf(env, id, reading)].sort(([a], [b]) => (a < b ? -1 : 1));
  return packages.flatMap(([namespace, names]) => [...names].sort().map((name) => [namespace, name] as const));
}

function packagesOf(env: StoreEnvironment, id: string, reading?: Reading): Packages {
  const stored = env.db.get(recordKey('mention', id), reading ?? {});
  const rows = (stored as readonly (readonly [string, readonly string[]])[] | undefined) ?? [];
  return new Map(rows.map(([namespace, names]) => [namespace, new Set(names)]));
}

/** Keeps the index up to date when advisories change. */
export interface MentionWriter {
  /** Takes a record before it is put or removed; ignores records that are not advisory groups. */
  take(key: string, value: Buffer | undefined): void;
  /** Writes the collected changes. After the groups themselves. */
  write(): void;
}

/** Number of mentions that are collected before they are written: some 10 MB. */
const mentionsAtOnce = 50_000;

/** The writer for one write transaction, for use only inside it. */
export function mentionWriter(env: StoreEnvironment): MentionWriter {
  const mark = markOf(env);
  const gathered = gatherer(env);
  return {
    take: (key, value) => {
      if (mark === undefined || !key.startsWith('advisories\t')) return;
      if (env.db.getBinary(key)?.equals(value ?? empty) === true) return;
      const before = unpack(env, env.db.get(key)) as AdvisoryGroup | undefined;
      const after = value && (unpack(env, decode(env, value)) as AdvisoryGroup);
      if (!mark.complete) {
        for (const group of [before, after]) if (group !== undefined) touch(env, group);
        return;
      }
      gathered.change(before, after);
      if (gathered.pending() > mentionsAtOnce) gathered.write();
    },
    write: gathered.write,
  };
}

const empty = Buffer.alloc(0);

function touch(env: StoreEnvironment, { namespace, package: name }: NamespacedPackage): void {
  env.db.putSync(recordKey('mention-touched', namespace, name), { namespace, package: name });
}

/** Whether mentions of a package may have been added or removed, by id of the vulnerability and key of the package. */
type Changes = Map<string, Map<string, boolean>>;

function gatherer(env: StoreEnvironment) {
  const changes: Changes = new Map();
  const byKey = new Map<string, NamespacedPackage>();
  const ceased = new Map<string, Set<string>>();
  let pending = 0;
  const set = (ids: readonly string[], { namespace, package: name }: NamespacedPackage, begins: boolean) => {
    const packageKey = recordKey('advisories', namespace, name);
    byKey.set(packageKey, { namespace, package: name });
    if (!begins && ids.length > 0) ceased.set(packageKey, new Set([...(ceased.get(packageKey) ?? []), ...ids]));
    for (const id of ids) {
      const known = changes.get(id) ?? new Map<string, boolean>();
      changes.set(id, known.set(packageKey, begins));
      pending += 1;
    }
  };
  return {
    pending: () => pending,
    change: (before: AdvisoryGroup | undefined, after: AdvisoryGroup | undefined) => {
      const [was, is] = [idsOf(before), idsOf(after)];
      if (before !== undefined)
        set(
          [...was].filter((id) => !is.has(id)),
          before,
          false,
        );
      if (after !== undefined)
        set(
          [...is].filter((id) => !was.has(id)),
          after,
          true,
        );
    },
    write: () => {
      keepStated(env, { changes, byKey: byKey, ceased });
      for (const [id, changed] of changes) {
        const packages = packagesOf(env, id);
        for (const [key, begins] of changed) {
          const named = byKey.get(key);
          if (named !== undefined) setMentioned(packages, named, begins);
        }
        putPackages(env, id, packages);
      }
      changes.clear();
      ceased.clear();
      byKey.clear();
      pending = 0;
    },
  };
}

/** All ids of the vulnerabilities that a group is about. */
export function idsOf(group: AdvisoryGroup | undefined): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { id, aliases = [] } of group?.advisories ?? []) for (const one of [id, ...aliases]) ids.add(one);
  return ids;
}

/** A mention that one feed or document drops may still be in another: checked once per package. */
function keepStated(
  env: StoreEnvironment,
  {
    changes,
    byKey,
    ceased,
  }: {
    changes: Changes;
    byKey: ReadonlyMap<string, NamespacedPackage>;
    ceased: ReadonlyMap<string, ReadonlySet<string>>;
  },
): void {
  for (const [key, ids] of ceased) {
    const named = byKey.get(key);
    if (named === undefined) continue;
    const stated = statedIds(env, named);
    for (const id of ids) if (stated.has(id)) changes.get(id)?.set(key, true);
  }
}

/** The ids of all current advisories of a package. Inside a write transaction. */
export function statedIds(env: StoreEnvironment, { namespace, package: name }: NamespacedPackage): ReadonlySet<string> {
  const stated = new Set<string>();
  for (const { value } of env.db.getRange(keysBelow('advisories', namespace, name))) {
    for (const id of idsOf(unpack(env, value) as AdvisoryGroup)) stated.add(id);
  }
  return stated;
}

/** Adds a package to vulnerabilities, or removes it from them. Inside a write transaction. */
export function changeMentioned(
  env: StoreEnvironment,
  named: NamespacedPackage,
  ids: ReadonlyMap<string, boolean>,
): void {
  for (const [id, isMentioned] of ids) {
    const packages = packagesOf(env, id);
    setMentioned(packages, named, isMentioned);
    putPackages(env, id, packages);
  }
}

function setMentioned(packages: Packages, { namespace, package: name }: NamespacedPackage, isMentioned: boolean): void {
  const names = packages.get(namespace) ?? new Set<string>();
  if (isMentioned) packages.set(namespace, names.add(name));
  else if (names.delete(name) && names.size === 0) packages.delete(namespace);
}

/** Writes the packages of a vulnerability. Inside of a write transaction. */
export function putPackages(env: StoreEnvironment, id: string, packages: ReadonlyMap<string, Iterable<string>>): void {
  const key = recordKey('mention', id);
  const rows = Array.from(packages, ([namespace, names]) => [namespace, [...names]]);
  if (rows.length === 0) env.db.removeSync(key);
  // Not packed: each is changed again and again.
  else env.db.putSync(key, rows);
}
