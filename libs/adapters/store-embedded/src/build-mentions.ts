import { randomUUID } from 'node:crypto';

import type { AdvisoryGroup } from '@clarion/model';

import { type Environment, read, unpack, write } from './environment';
import { behind, keysBelow, recordKey } from './keys';
import type { Lease } from './lease';
import { untilFree } from './long-commits';
import { changeMentioned, idsOf, markOf, type Place, putPackages, setMark, statedIds, touchedPlaces } from './mentions';
import { removeInBatches } from './removal';

/** Groups that are read in one event turn: some ten milliseconds. */
export const groupsAtOnce = 500;
/** Mentions per transaction: some ten milliseconds in which no other process can write. */
const mentionsAtOnce = 5000;
/** Number of packages with changed advisories that are processed in one transaction. */
const placesAtOnce = 100;

/** Packages by id, as numbers of `places`: millions of mentions have to fit into memory. */
interface Gathered {
  readonly places: Place[];
  readonly ids: Map<string, number[]>;
}

interface Building {
  readonly gathered: Gathered;
  /** Of the mark that this one set. */
  readonly token: string;
  readonly lease: Lease;
}

/**
 * Builds the index of mentions: reads all advisories once, then writes each vulnerability once. Writers do not wait;
 * they note what they change in the meantime, and the build processes those notes at the end.
 */
export async function buildMentions(env: Environment, lease: Lease): Promise<void> {
  const token = randomUUID();
  await begin(env, token);
  const gathered = await gather(env, lease);
  const building: Building = { gathered, token, lease };
  if (await writeAll(env, building)) await catchUp(env, building);
}

/** Removes the remains of an unfinished build. The mark comes first: from then on writers note their changes. */
async function begin(env: Environment, token: string): Promise<void> {
  await untilFree(env);
  write(env, () => {
    setMark(env, { token, complete: false });
  });
  const remove = (key: string) => {
    env.db.removeSync(key);
  };
  await removeInBatches(env, touchedPlaces, { remove });
  await removeInBatches(env, keysBelow('mention'), { remove });
}

async function gather(env: Environment, lease: Lease): Promise<Gathered> {
  const gathered: Gathered = { places: [], ids: new Map() };
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
function add({ places, ids }: Gathered, group: AdvisoryGroup): void {
  const { namespace, package: name } = group;
  const last = places.at(-1);
  if (last?.namespace !== namespace || last.package !== name) places.push({ namespace, package: name });
  const place = places.length - 1;
  for (const id of idsOf(group)) {
    const known = ids.get(id);
    if (known === undefined) ids.set(id, [place]);
    else if (known.at(-1) !== place) known.push(place);
  }
}

/** False when another took over while this one slept: the index is theirs. */
async function writeAll(env: Environment, { gathered, token, lease }: Building): Promise<boolean> {
  const { places, ids } = gathered;
  for (const some of slices(ids)) {
    lease.renew();
    await untilFree(env);
    const written = write(env, () => {
      if (markOf(env)?.token !== token) return false;
      for (const id of some) putPackages(env, id, byNamespace(ids.get(id) ?? [], places));
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

function byNamespace(numbers: readonly number[], places: readonly Place[]): ReadonlyMap<string, readonly string[]> {
  const packages = new Map<string, string[]>();
  for (const number of numbers) {
    const place = places[number];
    if (place === undefined) continue;
    const names = packages.get(place.namespace) ?? [];
    names.push(place.package);
    packages.set(place.namespace, names);
  }
  return packages;
}

/**
 * Updates the index for packages whose advisories changed during the build, until no notes are left: then the index is
 * complete.
 */
async function catchUp(env: Environment, { gathered, token, lease }: Building): Promise<void> {
  /** The mentions of a package that was updated already. */
  const mended = new Map<string, ReadonlySet<string>>();
  for (;;) {
    lease.renew();
    await untilFree(env);
    const round = write(env, () => {
      if (markOf(env)?.token !== token) return undefined;
      const touched = Array.from(env.db.getRange({ ...touchedPlaces, limit: placesAtOnce }));
      if (touched.length === 0) {
        setMark(env, { token, complete: true });
        return undefined;
      }
      const places = touched.map(({ key, value }) => ({ key, place: value as Place }));
      const written = writtenFor(
        places.map(({ place }) => place),
        { gathered, mended },
      );
      return places.map(({ key, place }) => [placeKey(place), mend(env, { key, place, written })] as const);
    });
    if (round === undefined) return;
    for (const [place, ids] of round) mended.set(place, ids);
    await new Promise(setImmediate);
  }
}

const placeKey = ({ namespace, package: name }: Place): string => recordKey('advisories', namespace, name);

interface Written {
  readonly gathered: Gathered;
  readonly mended: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The ids under which the index contains packages so far. */
function writtenFor(places: readonly Place[], { gathered, mended }: Written): ReadonlyMap<string, ReadonlySet<string>> {
  const wanted = new Map<string, Set<string>>();
  for (const place of places) if (!mended.has(placeKey(place))) wanted.set(placeKey(place), new Set());
  if (wanted.size > 0) {
    const numbers = new Map<number, Set<string>>();
    for (const [number, place] of gathered.places.entries()) {
      const ids = wanted.get(placeKey(place));
      if (ids !== undefined) numbers.set(number, ids);
    }
    for (const [id, mentions] of gathered.ids) {
      for (const number of mentions) numbers.get(number)?.add(id);
    }
  }
  return new Map([...mended, ...wanted]);
}

interface Mending {
  readonly key: string;
  readonly place: Place;
  readonly written: ReadonlyMap<string, ReadonlySet<string>>;
}

function mend(env: Environment, { key, place, written }: Mending): ReadonlySet<string> {
  const is = statedIds(env, place);
  const was = written.get(placeKey(place)) ?? new Set();
  const begun = [...is].filter((id) => !was.has(id)).map((id) => [id, true] as const);
  const ended = [...was].filter((id) => !is.has(id)).map((id) => [id, false] as const);
  changeMentioned(env, place, new Map([...begun, ...ended]));
  env.db.removeSync(key);
  return is;
}
