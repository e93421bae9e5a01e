import type { MatchFacts } from '@clarion/matching';
import { nameOfFacts } from '@clarion/reporting';
import type { AdvisoryGroup, FeedState, RepositoryProducts, Vulnerability } from '@clarion/model';
import { BoundedCache } from './bounded-cache';
import { bytesOfGroups, bytesOfNames, bytesOfRecords, bytesOfRepositories } from './fact-sizes';

/** What feeds say, read once as long as no feed changes, and shared between reports. */
export interface FactCache {
  /**
   * Facts for one run of matching (`onSettledFacts`): it reads the states of feeds first and last, and its result
   * counts only where both are the same. Each run has its own.
   */
  run(): MatchFacts;
}

/** Keeps facts of about so many bytes. */
export function createFactCache(store: MatchFacts, mostBytes: number): FactCache {
  const shared: SharedFacts = { name: '', facts: new BoundedCache(mostBytes) };
  return { run: () => new FactsOfRun(store, shared) };
}

/** Facts that were all valid at the same time. */
interface SharedFacts {
  /** Of that time (`nameOfFacts`). */
  name: string;
  readonly facts: BoundedCache<Kept>;
}

interface Kept {
  readonly value: unknown;
  readonly bytes: number;
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
    if (name === this.#name) this.#share(name);
    this.#read.clear();
    this.#name = name;
    return states;
  }

  async advisories(names: readonly (readonly [namespace: string, name: string])[]): Promise<readonly AdvisoryGroup[]> {
    const found = await this.#each(
      names.map((name) => [`advisories ${pairKey(...name)}`, name] as const),
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
      ids.map((id) => [`record ${id}`, id] as const),
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
      names.map((name) => [`repository ${name}`, name] as const),
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
    const [names = []] = await this.#each([[`names ${namespace}`, namespace] as const], read, bytesOfNames);
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
    const keys = [...missing.keys()];
    const facts = keys.length === 0 ? [] : await read([...missing.values()]);
    for (const [at, value] of facts.entries()) {
      const key = keys[at] ?? '';
      found.set(key, value);
      if (name === this.#name) this.#read.set(key, { value, bytes: bytesOf(value) });
    }
    return asked.map(([key]) => found.get(key) as Fact);
  }

  #known(key: string): Kept | undefined {
    return this.#read.get(key) ?? (this.#name === this.#shared.name ? this.#shared.facts.get(key) : undefined);
  }

  #share(name: string): void {
    const shared = this.#shared;
    if (shared.name !== name) {
      shared.facts.clear();
      shared.name = name;
    }
    for (const [key, kept] of this.#read) shared.facts.set(key, kept, kept.bytes);
  }
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
