import type { MatchFacts } from '@clarion/matching';
import { nameOfFacts } from '@clarion/reporting';
import type { AdvisoryGroup, ChangedFacts, FeedState, RepositoryProducts, Vulnerability } from '@clarion/model';
import { BoundedCache } from './bounded-cache';
import { changedSince, type ChangeReader } from './changed-since';
import { bytesOfGroups, bytesOfNames, bytesOfRecords, bytesOfRepositories } from './fact-sizes';

/** What feeds say, read once as long as it does not change, and shared between reports. */
export interface FactCache {
  /**
   * Facts for one run of matching (`onSettledFacts`): it reads the states of feeds first and last, and its result
   * counts only where both are the same. Each run has its own.
   */
  run(): MatchFacts;
}

/** Where facts and their changes are read. */
export type FactReader = MatchFacts & ChangeReader;

/** Keeps facts of about so many bytes. */
export function createFactCache(store: FactReader, mostBytes: number): FactCache {
  const shared = new SharedFacts(store, mostBytes);
  return { run: () => new FactsOfRun(store, shared) };
}

interface Kept {
  readonly value: unknown;
  readonly bytes: number;
}

/** Facts that were all valid at the same time. */
class SharedFacts {
  readonly #store: FactReader;
  readonly #facts: BoundedCache<Kept>;
  /** Of that time, and the name of all facts then (`nameOfFacts`). */
  #states: readonly FeedState[] = [];
  #name = '';
  /** By the name of the facts that they make valid. */
  readonly #moves = new Map<string, Promise<void>>();

  constructor(store: FactReader, mostBytes: number) {
    this.#store = store;
    this.#facts = new BoundedCache(mostBytes);
  }

  get(name: string, key: string): Kept | undefined {
    return name === this.#name ? this.#facts.get(key) : undefined;
  }

  /** Adds facts of these states, which are the present ones. Others that are not known to be valid then are dropped. */
  add(states: readonly FeedState[], read: ReadonlyMap<string, Kept>): void {
    const name = nameOfFacts(states);
    if (this.#name !== name) {
      this.#facts.clear();
      this.#name = name;
      this.#states = states;
    }
    for (const [key, kept] of read) this.#facts.set(key, kept, kept.bytes);
  }

  /** Keeps what did not change until these states, where the log of changes shows what did. */
  async moveTo(states: readonly FeedState[]): Promise<void> {
    const name = nameOfFacts(states);
    if (this.#name === name || this.#facts.size === 0) return;
    const moving = this.#moves.get(name) ?? this.#move(states, name).finally(() => this.#moves.delete(name));
    this.#moves.set(name, moving);
    await moving;
  }

  async #move(states: readonly FeedState[], name: string): Promise<void> {
    const from = this.#name;
    const changed = await changedSince(this.#states, states, this.#store);
    // Another run may have moved them meanwhile.
    if (changed === undefined || this.#name !== from) return;
    for (const key of changedKeys(changed)) this.#facts.delete(key);
    if (changed.scores) for (const key of this.#facts.keys()) if (isRecordKey(key)) this.#facts.delete(key);
    this.#name = name;
    this.#states = states;
  }
}

/**
 * A commit may come between any two requests to the store, here or in another process. So what a run reads is only
 * shared once the states show that there was none since its beginning.
 */
class FactsOfRun implements MatchFacts {
  readonly #store: MatchFacts;
  readonly #shared: SharedFacts;
  readonly #read = new Map<string, Kept>();
  #name: string | undefined;

  constructor(store: MatchFacts, shared: SharedFacts) {
    this.#store = store;
    this.#shared = shared;
  }

  async feedStates(): Promise<readonly FeedState[]> {
    const states = await this.#store.feedStates();
    const name = nameOfFacts(states);
    if (name === this.#name) this.#shared.add(states, this.#read);
    else await this.#shared.moveTo(states);
    this.#read.clear();
    this.#name = name;
    return states;
  }

  async advisories(names: readonly (readonly [namespace: string, name: string])[]): Promise<readonly AdvisoryGroup[]> {
    const found = await this.#each(
      names.map((name) => [keys.advisories(name), name] as const),
      async (missing) => {
        const byName = groupedByName(await this.#store.advisories(missing));
        return missing.map((name) => byName.get(pairKey(...name)) ?? []);
      },
      bytesOfGroups,
    );
    return found.flat();
  }

  async vulnerabilities(ids: readonly string[]): Promise<readonly Vulnerability[]> {
    const found = await this.#each(
      ids.map((id) => [keys.record(id), id] as const),
      async (missing) => {
        const byId = new Map((await this.#store.vulnerabilities(missing)).map((one) => [one.id, one]));
        return missing.map((id) => byId.get(id));
      },
      bytesOfRecords,
    );
    return found.filter((one) => one !== undefined);
  }

  async repositories(names: readonly string[]): Promise<readonly RepositoryProducts[]> {
    const found = await this.#each(
      names.map((name) => [keys.repository(name), name] as const),
      async (missing) => {
        const all = await this.#store.repositories(missing);
        return missing.map((name) => all.filter(({ repository }) => repository === name));
      },
      bytesOfRepositories,
    );
    return found.flat();
  }

  async packageNames(namespace: string): Promise<readonly string[]> {
    const read = (): Promise<(readonly string[])[]> => this.#store.packageNames(namespace).then((names) => [names]);
    const [names = []] = await this.#each([[keys.names(namespace), namespace] as const], read, bytesOfNames);
    return names;
  }

  /** The fact of each key: those that are shared or were read before, and the others, read in one request. */
  async #each<Asked, Fact>(
    asked: readonly (readonly [key: string, asked: Asked])[],
    read: (missing: readonly Asked[]) => Promise<readonly Fact[]>,
    bytesOf: (fact: Fact) => number,
  ): Promise<readonly Fact[]> {
    const found = new Map<string, Fact>();
    const missing = new Map<string, Asked>();
    for (const [key, one] of asked) {
      const known = this.#known(key);
      if (known === undefined) missing.set(key, one);
      else found.set(key, known.value as Fact);
    }
    const name = this.#name;
    const missed = [...missing.keys()];
    const facts = missed.length === 0 ? [] : await read([...missing.values()]);
    for (const [at, value] of facts.entries()) {
      const key = missed[at] ?? '';
      found.set(key, value);
      if (name === this.#name) this.#read.set(key, { value, bytes: bytesOf(value) });
    }
    return asked.map(([key]) => found.get(key) as Fact);
  }

  #known(key: string): Kept | undefined {
    return this.#read.get(key) ?? (this.#name === undefined ? undefined : this.#shared.get(this.#name, key));
  }
}

/** The keys of facts. */
const keys = {
  advisories: (name: readonly [namespace: string, name: string]) => `advisories ${pairKey(...name)}`,
  record: (id: string) => `record ${id}`,
  repository: (name: string) => `repository ${name}`,
  names: (namespace: string) => `names ${namespace}`,
};

function changedKeys({ packages, namespaces, vulnerabilities, repositories }: ChangedFacts): readonly string[] {
  return [
    ...packages.map(keys.advisories),
    ...namespaces.map(keys.names),
    ...vulnerabilities.map(keys.record),
    ...repositories.map(keys.repository),
  ];
}

function isRecordKey(key: string): boolean {
  return key.startsWith(keys.record(''));
}

/** Names may have any characters. */
function pairKey(namespace: string, name: string): string {
  return `${namespace.length} ${namespace} ${name}`;
}

function groupedByName(groups: readonly AdvisoryGroup[]): ReadonlyMap<string, readonly AdvisoryGroup[]> {
  const byName = new Map<string, AdvisoryGroup[]>();
  for (const group of groups) {
    const key = pairKey(group.namespace, group.package);
    const known = byName.get(key);
    if (known === undefined) byName.set(key, [group]);
    else known.push(group);
  }
  return byName;
}
