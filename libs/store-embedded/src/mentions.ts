import type { AdvisoryGroup } from '@clarion/model';

import { decode, type Environment, unpack } from './environment';
import { keysBelow, recordKey } from './keys';

/**
 * The index from vulnerabilities to the packages that feeds have a statement about them for: a record a vulnerability,
 * by every id of it. Only a store that was opened with `mentions` keeps it. The mark says that it holds, or will, when
 * whoever builds it is done: without it updates leave the index alone, and a store without `mentions` takes the mark away
 * when it changes statements.
 */
export interface Mark {
  /** Who builds it, or has. */
  readonly token: string;
  readonly complete: boolean;
  /** The key from which on statements are not indexed yet; all of them, when absent. */
  readonly next?: string;
}

const markKey = recordKey('meta', 'mentions');

type Reading = Parameters<Environment['db']['get']>[1];

/** The mark, if there is one; inside of a write transaction without `reading`. */
export function markOf(env: Environment, reading: Reading = {}): Mark | undefined {
  return env.db.get(markKey, reading) as Mark | undefined;
}

/** Sets the mark, or removes it. Inside of a write transaction. */
export function setMark(env: Environment, mark: Mark | undefined): void {
  if (mark === undefined) env.db.removeSync(markKey);
  else env.db.putSync(markKey, mark);
}

/** Names of packages by namespace. */
type Packages = Map<string, Set<string>>;

interface Place {
  readonly namespace: string;
  readonly package: string;
}

/** The packages of a vulnerability, sorted by namespace and name. */
export function mentioned(env: Environment, id: string, reading: Reading): readonly (readonly [string, string])[] {
  const packages = [...packagesOf(env, id, reading)].sort(([a], [b]) => (a < b ? -1 : 1));
  return packages.flatMap(([namespace, names]) => [...names].sort().map((name) => [namespace, name] as const));
}

function packagesOf(env: Environment, id: string, reading?: Reading): Packages {
  const stored = env.db.get(recordKey('mention', id), reading ?? {});
  const rows = (stored as readonly (readonly [string, readonly string[]])[] | undefined) ?? [];
  return new Map(rows.map(([namespace, names]) => [namespace, new Set(names)]));
}

/** Keeps the index while statements change. */
export interface MentionWriter {
  /** Takes a record that is about to be put, or removed; does nothing when it is no group of statements. */
  take(key: string, value: Buffer | undefined): void;
  /** Takes a group that is stored and not in the index yet. */
  add(group: AdvisoryGroup): void;
  /** Mentions that were taken and are not written yet. */
  pending(): number;
  /** Writes what was taken. After the groups themselves. */
  write(): void;
}

/** So many mentions are gathered before they are written: some 10 MB. */
const mentionsAtOnce = 50_000;

/** The writer for one write transaction, to be used inside of it only. */
export function mentionWriter(env: Environment): MentionWriter {
  const isKept = env.mentions && markOf(env) !== undefined;
  let touched = false;
  const gathered = gatherer(env);
  return {
    add: gathered.add,
    pending: gathered.pending,
    take: (key, value) => {
      if (!key.startsWith('advisories\t')) return;
      if (!env.mentions && !touched) setMark(env, undefined);
      touched = true;
      if (!isKept || env.db.getBinary(key)?.equals(value ?? empty) === true) return;
      const before = unpack(env, env.db.get(key)) as AdvisoryGroup | undefined;
      const after = value && (unpack(env, decode(env, value)) as AdvisoryGroup);
      gathered.change(before, after);
      if (gathered.pending() > mentionsAtOnce) gathered.write();
    },
    write: gathered.write,
  };
}

const empty = Buffer.alloc(0);

/** Whether a package begins to be mentioned, or perhaps ceases to, by id of the vulnerability and place. */
type Changes = Map<string, Map<string, boolean>>;

function gatherer(env: Environment) {
  const changes: Changes = new Map();
  const places = new Map<string, Place>();
  const ceased = new Map<string, Set<string>>();
  let pending = 0;
  const set = (ids: readonly string[], { namespace, package: name }: Place, begins: boolean) => {
    const place = recordKey('advisories', namespace, name);
    places.set(place, { namespace, package: name });
    if (!begins && ids.length > 0) ceased.set(place, new Set([...(ceased.get(place) ?? []), ...ids]));
    for (const id of ids) {
      const known = changes.get(id) ?? new Map<string, boolean>();
      changes.set(id, known.set(place, begins));
      pending += 1;
    }
  };
  return {
    pending: () => pending,
    add: (group: AdvisoryGroup) => {
      set([...idsOf(group)], group, true);
    },
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
      keepStated(env, { changes, places, ceased });
      for (const [id, changed] of changes) {
        const packages = packagesOf(env, id);
        for (const [key, begins] of changed) {
          const place = places.get(key);
          if (place !== undefined) setMentioned(packages, place, begins);
        }
        putPackages(env, id, packages);
      }
      changes.clear();
      ceased.clear();
      places.clear();
      pending = 0;
    },
  };
}

/** All ids of the vulnerabilities that a group is about. */
function idsOf(group: AdvisoryGroup | undefined): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { id, aliases = [] } of group?.advisories ?? []) for (const one of [id, ...aliases]) ids.add(one);
  return ids;
}

/** What one feed, or document, no longer says about a package, another may say still: asked once a package. */
function keepStated(
  env: Environment,
  {
    changes,
    places,
    ceased,
  }: { changes: Changes; places: ReadonlyMap<string, Place>; ceased: ReadonlyMap<string, ReadonlySet<string>> },
): void {
  for (const [key, ids] of ceased) {
    const place = places.get(key);
    if (place === undefined) continue;
    const stated = new Set<string>();
    for (const { value } of env.db.getRange(keysBelow('advisories', place.namespace, place.package))) {
      for (const id of idsOf(unpack(env, value) as AdvisoryGroup)) stated.add(id);
    }
    for (const id of ids) if (stated.has(id)) changes.get(id)?.set(key, true);
  }
}

function setMentioned(packages: Packages, { namespace, package: name }: Place, isMentioned: boolean): void {
  const names = packages.get(namespace) ?? new Set<string>();
  if (isMentioned) packages.set(namespace, names.add(name));
  else if (names.delete(name) && names.size === 0) packages.delete(namespace);
}

function putPackages(env: Environment, id: string, packages: Packages): void {
  const key = recordKey('mention', id);
  const rows = Array.from(packages, ([namespace, names]) => [namespace, [...names]]);
  if (rows.length === 0) env.db.removeSync(key);
  // Not packed: each is changed again and again.
  else env.db.putSync(key, rows);
}
