import { findingsOf, type MatchFacts, type MatchOptions } from '@clarion/matching';
import { namespaceFamily, type PlacedFeature, type StatementChange, type Store } from '@clarion/model';
import { changedFacts, type ChangedFacts, type ChangedStatements } from './changed-facts';
import { subjectOf, type KeyedSubject, type SubjectStore } from './composition-subject';
import { mergeHolders, type HeldName } from './merge-holders';
import { hasChannel, packageTypesOf, reachOf } from './reach';
import { transitionsOf, type Outcome } from './transitions';

export interface FindAffectedDeps {
  readonly store: MatchFacts & SubjectStore & Pick<Store, 'holders' | 'composition'>;
  readonly options: MatchOptions;
  /** Whether changes of nothing but a state are transitions. */
  readonly stateChanges: boolean;
}

export interface AffectedComposition {
  readonly composition: string;
  readonly outcome: Outcome;
}

/** Most outcomes that are remembered; an outcome is small, and compositions of equal packages share one. */
const maxOutcomes = 20_000;

/**
 * Finds the compositions for which a change makes a difference, in the order of their ids. Each one that holds a changed
 * name in a namespace that the change is about is matched with the statements as they were and as they became, by the
 * code of reports; equal ones once. Reads no layer's bytes, and images only where packages alone do not tell.
 */
export async function* findAffected(
  statements: ChangedStatements,
  deps: FindAffectedDeps,
): AsyncGenerator<AffectedComposition, void, undefined> {
  const facts = changedFacts(deps.store, statements);
  const origins = [...statements.changes, ...(statements.later ?? [])].some(dependsOnOrigins);
  const known = new Map<string, Outcome>();
  for await (const { composition, features } of mergeHolders(heldNames(statements.changes), deps.store)) {
    const keyed = await subjectIn(composition, features, { changes: statements.changes, origins, deps });
    if (keyed === undefined) continue;
    if (known.size >= maxOutcomes) known.clear();
    const outcome = known.get(keyed.key) ?? (await outcomeFor(keyed, facts, deps));
    known.set(keyed.key, outcome);
    if (outcome.transitions.length > 0 || outcome.recount) yield { composition, outcome };
  }
}

function heldNames(changes: readonly StatementChange[]): readonly HeldName[] {
  const names = new Map<string, HeldName>();
  for (const change of changes) {
    for (const type of packageTypesOf(change)) names.set(`${type}|${change.package}`, { type, name: change.package });
  }
  return [...names.values()];
}

/** Amazon's repositories share names of packages, so where a package came from decides about each of its flaws. */
function dependsOnOrigins({ namespace, before, after }: StatementChange): boolean {
  return (
    namespaceFamily(namespace) === 'amzn' || [...before, ...after].some(({ scope }) => scope?.origin !== undefined)
  );
}

interface Asked {
  readonly changes: readonly StatementChange[];
  readonly origins: boolean;
  readonly deps: FindAffectedDeps;
}

/** Undefined when none of the changes is about packages of the composition. */
async function subjectIn(
  id: string,
  features: readonly PlacedFeature[],
  { changes, origins, deps }: Asked,
): Promise<KeyedSubject | undefined> {
  const changed = [...new Set(changes.map(({ namespace }) => namespace))];
  const reaches = changed.flatMap((namespace) =>
    features.map((feature) => ({ namespace, by: reachOf(namespace, feature) })),
  );
  const byChannel = reaches.filter(({ by }) => by === 'channel');
  const isOwn = reaches.some(({ by }) => by === 'own');
  if (!isOwn && byChannel.length === 0) return undefined;
  const composition = await deps.store.composition(id);
  if (composition === undefined) return undefined;
  if (!isOwn && !byChannel.some(({ namespace }) => hasChannel(namespace, composition))) return undefined;
  return subjectOf(composition, features, { store: deps.store, origins });
}

async function outcomeFor(
  { subject }: KeyedSubject,
  { before, after, about }: ChangedFacts,
  { options, stateChanges }: FindAffectedDeps,
): Promise<Outcome> {
  const was = await findingsOf(subject, before, { ...options, about });
  const is = await findingsOf(subject, after, { ...options, about });
  return transitionsOf({ before: was, after: is }, { stateChanges });
}
