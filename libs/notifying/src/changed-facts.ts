import type { MatchFacts } from '@clarion/matching';
import {
  isTextChange,
  type Advisory,
  type AdvisoryGroup,
  type FactChange,
  type StatementChange,
  type TextChange,
  type Vulnerability,
} from '@clarion/model';
import { onlyAbout } from './narrow-groups';

/** What feeds say, as it was before a change and after it; all else is as it is now, and stays so. */
export interface ChangedFacts {
  readonly before: MatchFacts;
  readonly after: MatchFacts;
  /** All ids under which what changed speaks of flaws. */
  readonly about: ReadonlySet<string>;
}

export interface RelatedChanges {
  /** All changes of one update about one vulnerability. */
  readonly changes: readonly FactChange[];
  /** Changes of the same update that count as not made yet, on both sides (see `related-changes.ts`). */
  readonly later?: readonly FactChange[];
}

/**
 * Facts with exactly what changed put back, or forward: what later updates made of them does not blur this
 * change. Everything is read once, so that both sides stand on the same ground, and what is about other flaws is left out.
 */
export function changedFacts(facts: MatchFacts, { changes, later = [] }: RelatedChanges): ChangedFacts {
  const about = new Set(changes.flatMap(namedIn));
  const shared = readOnce(facts);
  // What is not made yet is on both sides as it was.
  const statements = [...statementsIn(changes), ...statementsIn(later).map((one) => ({ ...one, after: one.before }))];
  const texts = [...textsIn(changes), ...textsIn(later).map((one) => ({ ...one, after: one.before }))];
  const side = (which: 'before' | 'after'): MatchFacts => ({
    ...shared,
    advisories: groupsWith({ base: shared, changes: statements, which, about }),
    vulnerabilities: textsWith({ base: shared, changes: texts, which }),
  });
  return { before: side('before'), after: side('after'), about };
}

export function statementsIn(changes: readonly FactChange[]): readonly StatementChange[] {
  return changes.filter((change): change is StatementChange => !isTextChange(change));
}

export function textsIn(changes: readonly FactChange[]): readonly TextChange[] {
  return changes.filter(isTextChange);
}

function namedIn(change: FactChange): readonly string[] {
  return isTextChange(change) ? [change.vulnerability] : [...change.before, ...change.after].flatMap(idsOf);
}

function idsOf({ id, aliases = [] }: Advisory): readonly string[] {
  return [id, ...aliases];
}

interface Patch<Change, Read extends keyof MatchFacts> {
  readonly base: Pick<MatchFacts, Read>;
  readonly changes: readonly Change[];
  readonly which: 'before' | 'after';
}

function textsWith({ base, changes, which }: Patch<TextChange, 'vulnerabilities'>): MatchFacts['vulnerabilities'] {
  return async (ids) => {
    const known = new Map((await base.vulnerabilities(ids)).map((one) => [one.id, one]));
    for (const { vulnerability: id, feed, [which]: text } of changes) {
      const others = (known.get(id)?.texts ?? []).filter((one) => one.feed !== feed);
      known.set(id, { id, texts: text === null ? others : [...others, text] });
    }
    return ids.flatMap((id) => known.get(id) ?? []);
  };
}

function groupsWith(
  patch: Patch<StatementChange, 'advisories'> & { readonly about: ReadonlySet<string> },
): MatchFacts['advisories'] {
  const { base, changes, which, about } = patch;
  const byName = new Map<string, StatementChange[]>();
  for (const change of changes) {
    const key = keyOf([change.namespace, change.package]);
    byName.set(key, [...(byName.get(key) ?? []), change]);
  }
  return async (names) => {
    const groups = await base.advisories(names);
    const changed = names.flatMap(([namespace, name]) => byName.get(keyOf([namespace, name])) ?? []);
    return onlyAbout(
      about,
      changed.reduce<readonly AdvisoryGroup[]>((all, one) => patched(all, one, one[which]), groups),
    );
  };
}

/** The groups with exactly these statements about the vulnerability of a change, in its document. */
function patched(
  groups: readonly AdvisoryGroup[],
  change: StatementChange,
  statements: readonly Advisory[],
): readonly AdvisoryGroup[] {
  const at = groups.findIndex((group) => isPlaceOf(change, group));
  const known = groups[at];
  if (known === undefined) {
    if (statements.length === 0) return groups;
    const { namespace, package: name, feed, document, nameKind, scheme, epochs } = change;
    const place = { namespace, package: name, feed, document, nameKind, scheme };
    return [...groups, { ...place, ...(epochs === undefined ? {} : { epochs }), advisories: statements }];
  }
  const others = known.advisories.filter(({ id }) => id !== change.vulnerability);
  const advisories = [...others, ...statements];
  // A feed that had nothing else to say of the package did not know it.
  const isGone = advisories.length === 0 && known.advisories.length > 0;
  return groups.toSpliced(at, 1, ...(isGone ? [] : [{ ...known, advisories }]));
}

function isPlaceOf(change: StatementChange, group: AdvisoryGroup): boolean {
  return (
    change.feed === group.feed &&
    change.document === group.document &&
    change.namespace === group.namespace &&
    change.package === group.package
  );
}

/** Most names, flaws and questions whose answers are kept; more is read again. */
const maxKept = 20_000;

/** The same facts, each read from the store once. */
function readOnce(facts: MatchFacts): MatchFacts {
  const groups = remembered((names: readonly (readonly [string, string])[]) => groupsByName(facts, names));
  const flaws = remembered((ids: readonly (readonly [string])[]) => flawsById(facts, ids));
  const repositories = remembered(async (lists: readonly (readonly string[])[]) => {
    const answers = await Promise.all(lists.map((list) => facts.repositories(list)));
    return new Map(lists.map((list, at) => [keyOf(list), answers[at] ?? []]));
  });
  return {
    feedStates: () => facts.feedStates(),
    advisories: async (names) => (await groups(names)).flat(),
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

function keyOf(parts: readonly string[]): string {
  return parts.join('\0');
}

type Answers<T> = ReadonlyMap<string, readonly T[]>;

/** Asks for the answers to those questions that were not asked before; several callers share one. */
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
