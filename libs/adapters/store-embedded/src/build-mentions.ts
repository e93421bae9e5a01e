import { randomUUID } from 'node:crypto';

import type { AdvisoryGroup } from '@clarion/model';

import { type StoreEnvironment, read, unpack, write } from './environment';
import { behind, keysBelow, recordKey } from './keys';
import type { FeedWriteLease } from './lease';
import { untilFree } from './long-commits';
import {
  changeMentioned,
  idsOf,
  markOf,
  type NamespacedPackage,
  putPackages,
  setMark,
  statedIds,
  touchedPackages,
} from './mentions';
import { removeInBatches } from './removal';

/** Groups that are read in one event turn: some ten milliseconds. */
export const groupsAtOnce = 500;
/** Mentions per transaction: some ten milliseconds in which no other process can write. */
const mentionsAtOnce = 5000;
/** Number of packages with changed advisories that are processed in one transaction. */
const packagesAtOnce = 100;

/** Packages by id, as numbers of `packages`: millions of mentions have to fit into memory. */
interface Gathered {
  readonly packages: NamespacedPackage[];
  readonly ids: Map<string, number[]>;
}

interface Building {
  readonly gathered: Gathered;
  /** Of the mark that this one set. */
  readonly token: string;
  readonly lease: FeedWriteLease;
}

/**
 * Builds the index of mentions: reads all advisories once, then writes each vulnerability once. Writers do not wait;
 * they note what they change in the meantime, and the build processes those notes at the end.
 */
export async function buildMentions(env: StoreEnvironment, lease: FeedWriteLease): Promise<void> {
  const token = randomUUID();
  await begin(env, token);
  const gathered = await gather(env, lease);
  const building: Building = { gathered, token, lease };
  if (await writeAll(env, building)) await catchUp(env, building);
}

/** Removes the remains of an unfinished build. The mark comes first: from then on writers note their changes. */
async function begin(env: StoreEnvironment, token: string): Promise<void> {
  await untilFree(env);
  write(env, () => {
    setMark(env, { token, complete: false });
  });
  const remove = (key: string) => {
    env.db.removeSync(key);
  };
  await removeInBatches(env, touchedPackages, { remove });
  await removeInBatches(env, keysBelow('mention'), { remove });
}

async function gather(env: StoreEnvironment, lease: FeedWriteLease): Promise<Gathered> {
  const gathered: Gathered = { packages: [], ids: new Map() };
  const { start, end } = keysBelow('advisories');
  const readSome = (from: string): string | undefined =>
    read(env, (transaction) => {
      let last: string | undefined;
      for (const { key, value } of env.db.getRange({ start: from, end, limit: groupsAtOnce, transaction })) {
        add(gathered, unpack(env, value) as AdvisoryGroup);
        last = key;
      }
      return last === undefined ? undefined : behind(last);
    });
  for (let from = readSome(start); from !== undefined; from = readSome(from)) {
    lease.renew();
    await new Promise(setImmediate);
  }
  return gathered;
}

/** Groups of one package follow each other. */
function add({ packages, ids }: Gathered, group: AdvisoryGroup): void {
  const { namespace, package: name } = group;
  const last = packages.at(-1);
  if (last?.namespace !== namespace || last.package !== name) packages.push({ namespace, package: name });
  const number = packages.length - 1;
  for (const id of idsOf(group)) {
    const known = ids.get(id);
    if (known === undefined) ids.set(id, [number]);
    else if (known.at(-1) !== number) known.push(number);
  }
}

/** False when another took over while this one slept: the index is theirs. */
async function writeAll(env: StoreEnvironment, { gathered, token, lease }: Building): Promise<boolean> {
  const { packages, ids } = gathered;
  for (const some of slices(ids)) {
    lease.renew();
    await untilFree(env);
    const written = write(env, () => {
      if (markOf(env)?.token !== token) return false;
      for (const id of some) putPackages(env, id, byNamespace(ids.get(id) ?? [], packages));
      return true;
    });
    if (!written) return false;
    await new Promise(setImmediate);
  }
  return true;
}

/** Ids in the order of their records, as many at once as are written in one transaction. */
function* slices(ids: ReadonlyMap<string, readonly number[]>): Generator<readonly string[]> {
  let some: string[] = [];
  let mentions = 0;
  for (const id of [...ids.keys()].sort()) {
    some.push(id);
    mentions += ids.get(id)?.length ?? 0;
    if (mentions < mentionsAtOnce) continue;
    yield some;
    [some, mentions] = [[], 0];
  }
  if (some.length > 0) yield some;
}

function byNamespace(
  numbers: readonly number[],
  packages: readonly NamespacedPackage[],
): ReadonlyMap<string, readonly string[]> {
  const grouped = new Map<string, string[]>();
  for (const number of numbers) {
    const named = packages[number];
    if (named === undefined) continue;
    const names = grouped.get(named.namespace) ?? [];
    names.push(named.package);
    grouped.set(named.namespace, names);
  }
  return grouped;
}

/**
 * Updates the index for packages whose advisories changed during the build, until no notes are left: then the index is
 * complete.
 */
async function catchUp(env: StoreEnvironment, { gathered, token, lease }: Building): Promise<void> {
  /** The mentions of a package that was updated already. */
  const mended = new Map<string, ReadonlySet<string>>();
  for (;;) {
    lease.renew();
    await untilFree(env);
    const round = write(env, () => {
      if (markOf(env)?.token !== token) return undefined;
      const touched = Array.from(env.db.getRange({ ...touchedPackages, limit: packagesAtOnce }));
      if (touched.length === 0) {
        setMark(env, { token, complete: true });
        return undefined;
      }
      const packages = touched.map(({ key, value }) => ({ key, named: value as NamespacedPackage }));
      const written = writtenFor(
        packages.map(({ named }) => named),
        { gathered, mended },
      );
      return packages.map(({ key, named }) => [packageKey(named), mend(env, { key, named, written })] as const);
    });
    if (round === undefined) return;
    for (const [key, ids] of round) mended.set(key, ids);
    await new Promise(setImmediate);
  }
}

const packageKey = ({ namespace, package: name }: NamespacedPackage): string =>
  recordKey('advisories', namespace, name);

interface Written {
  readonly gathered: Gathered;
  readonly mended: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The ids under which the index contains packages so far. */
function writtenFor(
  packages: readonly NamespacedPackage[],
  { gathered, mended }: Written,
): ReadonlyMap<string, ReadonlySet<string>> {
  const missing = new Map<string, Set<string>>();
  for (const named of packages) if (!mended.has(packageKey(named))) missing.set(packageKey(named), new Set());
  if (missing.size > 0) {
    const numbers = new Map<number, Set<string>>();
    for (const [number, named] of gathered.packages.entries()) {
      const ids = missing.get(packageKey(named));
      if (ids !== undefined) numbers.set(number, ids);
    }
    for (const [id, mentions] of gathered.ids) {
      for (const number of mentions) numbers.get(number)?.add(id);
    }
  }
  return new Map([...mended, ...missing]);
}

interface Mending {
  readonly key: string;
  readonly named: NamespacedPackage;
  readonly written: ReadonlyMap<string, ReadonlySet<string>>;
}

function mend(env: StoreEnvironment, { key, named: named, written }: Mending): ReadonlySet<string> {
  const is = statedIds(env, named);
  const was = written.get(packageKey(named)) ?? new Set();
  const begun = [...is].filter((id) => !was.has(id)).map((id) => [id, true] as const);
  const ended = [...was].filter((id) => !is.has(id)).map((id) => [id, false] as const);
  changeMentioned(env, named, new Map([...begun, ...ended]));
  env.db.removeSync(key);
  return is;
}
