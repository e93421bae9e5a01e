import type { MatchFacts } from '@clarion/matching';
import type { AdvisoryGroup, Vulnerability } from '@clarion/model';

/** The maximum number of cached names, vulnerabilities and queries; further ones are read again. */
const maxKept = 20_000;

/** The same facts, with each one read from the store once. */
export function readOnce(facts: MatchFacts): MatchFacts {
  const groups = remembered((names: readonly (readonly [string, string])[]) => groupsByName(facts, names));
  const flaws = remembered((ids: readonly (readonly [string])[]) => flawsById(facts, ids));
  const repositories = remembered(async (lists: readonly (readonly string[])[]) => {
    const answers = await Promise.all(lists.map((list) => facts.repositories(list)));
    return new Map(lists.map((list, at) => [keyOf(list), answers[at] ?? []]));
  });
  const namesIn = remembered(async (namespaces: readonly (readonly [string])[]) => {
    const answers = await Promise.all(namespaces.map(([namespace]) => facts.packageNames(namespace)));
    return new Map(namespaces.map((one, at) => [keyOf(one), answers[at] ?? []]));
  });
  return {
    feedStates: () => facts.feedStates(),
    advisories: async (names) => (await groups(names)).flat(),
    packageNames: async (namespace) => (await namesIn([[namespace]])).flat(),
    vulnerabilities: async (ids) => (await flaws(ids.map((id) => [id] as const))).flat(),
    repositories: async (names) => (await repositories([names])).flat(),
  };
}

async function groupsByName(
  facts: MatchFacts,
  names: readonly (readonly [string, string])[],
): Promise<ReadonlyMap<string, readonly AdvisoryGroup[]>> {
  const found = new Map<string, AdvisoryGroup[]>();
  for (const group of await facts.advisories(names)) {
    const key = keyOf([group.namespace, group.package]);
    const known = found.get(key);
    if (known === undefined) found.set(key, [group]);
    else known.push(group);
  }
  return found;
}

async function flawsById(
  facts: MatchFacts,
  ids: readonly (readonly [string])[],
): Promise<ReadonlyMap<string, readonly Vulnerability[]>> {
  const found = await facts.vulnerabilities(ids.map(([id]) => id));
  return new Map(found.map((flaw) => [keyOf([flaw.id]), [flaw]]));
}

/** Joins parts that contain no NUL character into one key. */
export function keyOf(parts: readonly string[]): string {
  return parts.join('\0');
}

type Answers<T> = ReadonlyMap<string, readonly T[]>;

/** Queries only what was not queried before; concurrent callers share one result. */
function remembered<Q extends readonly string[], T>(
  ask: (questions: readonly Q[]) => Promise<Answers<T>>,
): (questions: readonly Q[]) => Promise<readonly (readonly T[])[]> {
  const known = new Map<string, Promise<Answers<T>>>();
  return async (questions) => {
    if (known.size > maxKept) known.clear();
    const missing = questions.filter((question) => !known.has(keyOf(question)));
    if (missing.length > 0) {
      const asked = ask(missing);
      for (const question of missing) known.set(keyOf(question), asked);
    }
    const answers = questions.map(async (question) => (await known.get(keyOf(question)))?.get(keyOf(question)) ?? []);
    return Promise.all(answers);
  };
}
