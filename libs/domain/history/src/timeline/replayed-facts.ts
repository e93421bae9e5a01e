import type { MatchFacts } from '@clarion/matching';
import {
  type AdvisoryChange,
  type AdvisoryGroup,
  byTexts,
  type FeedState,
  type GroupChange,
  isAdvisoryChange,
  type RepositoryChange,
  type RepositoryProducts,
} from '@clarion/model';
import { groupKey } from '../undo-groups';
import { GroupMemory } from './group-memory';

/** Ids of the vulnerabilities that are of interest; undefined: all. */
export type About = ReadonlySet<string> | undefined;

const byKey = byTexts<AdvisoryGroup>(
  (group) => group.feed,
  (group) => group.document,
);

/** The facts about some packages at one time after the other: loaded as they were first, then changed step by step. */
export class ReplayedFacts {
  private readonly loadRepositories: MatchFacts['repositories'];
  private readonly packages = new Map<string, Map<string, GroupMemory>>();
  private readonly products = new Map<string, RepositoryProducts>();
  private readonly states = new Map<string, FeedState>();
  /** Names of the repositories that were asked for. */
  readonly repositories = new Set<string>();

  constructor(loadRepositories: MatchFacts['repositories']) {
    this.loadRepositories = loadRepositories;
  }

  load(groups: readonly AdvisoryGroup[]): void {
    for (const group of groups) this.memoryOf(group).load(group);
  }

  /** From now on the facts of this feed are known. */
  known(state: FeedState): void {
    this.states.set(state.feed, state);
  }

  apply(change: AdvisoryChange | GroupChange): void {
    const memory = this.memoryOf(change);
    if (isAdvisoryChange(change)) memory.apply(change);
    else memory.compare(change.after);
  }

  applyRepository({ repository, feed, after }: RepositoryChange): void {
    const key = `${repository}\0${feed}`;
    if (after === null) this.products.delete(key);
    else this.products.set(key, { feed, repository, cpes: after });
  }

  /** The facts as they are now, about some vulnerabilities, or about all. */
  facts(about?: ReadonlySet<string>): MatchFacts {
    return {
      feedStates: () => Promise.resolve([...this.states.values()]),
      advisories: (names) => Promise.resolve(this.advisories(names, about)),
      // Only for packages of incomplete names, which are no findings.
      packageNames: () => Promise.resolve([]),
      vulnerabilities: () => Promise.resolve([]),
      repositories: (names) => this.readRepositories(names),
    };
  }

  private memoryOf(of: Pick<AdvisoryGroup, 'namespace' | 'package' | 'feed' | 'document'>): GroupMemory {
    const { namespace, package: name, feed, document } = of;
    const groups = this.packages.get(`${namespace}\0${name}`) ?? new Map<string, GroupMemory>();
    this.packages.set(`${namespace}\0${name}`, groups);
    const key = groupKey(of);
    const memory = groups.get(key) ?? new GroupMemory({ namespace, package: name, feed, document });
    groups.set(key, memory);
    return memory;
  }

  private advisories(names: readonly (readonly [string, string])[], about: About): readonly AdvisoryGroup[] {
    const memories = names.map(([namespace, name]) => this.memoriesOf(`${namespace}\0${name}`));
    const connected = about && connectedIds(about, memories.flat());
    return memories.flatMap((ofName) => ofName.flatMap((memory) => memory.group(connected) ?? []).sort(byKey));
  }

  private memoriesOf(key: string): readonly GroupMemory[] {
    const groups = this.packages.get(key);
    return groups === undefined ? [] : [...groups.values()].filter(({ feed }) => this.states.has(feed));
  }

  private async readRepositories(names: readonly string[]): Promise<readonly RepositoryProducts[]> {
    const unread = names.filter((name) => !this.repositories.has(name));
    for (const one of unread.length === 0 ? [] : await this.loadRepositories(unread)) {
      this.products.set(`${one.repository}\0${one.feed}`, one);
    }
    for (const name of unread) this.repositories.add(name);
    const asked = new Set(names);
    return [...this.products.values()].filter(({ repository, feed }) => asked.has(repository) && this.states.has(feed));
  }
}

/** The ids, and all that advisories name together with one of them, or with one of those. */
function connectedIds(about: ReadonlySet<string>, memories: readonly GroupMemory[]): ReadonlySet<string> {
  const connected = new Set(about);
  // Iterating over a set includes what is added meanwhile.
  for (const id of connected) {
    for (const memory of memories) for (const other of memory.namedWith(id)) connected.add(other);
  }
  return connected;
}
