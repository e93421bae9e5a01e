import { createTurns } from '@clarion/deadlines';
import { distributionOf, packageKindOf } from '@clarion/distributions';
import type { MatchFacts } from '@clarion/matching';
import { findingsOf, isCertain, type ReportOptions } from '@clarion/reporting';
import {
  type Composition,
  type FactChange,
  type PlacedFeature,
  type StatementChange,
  type AdvisoryStore,
  type CompositionStore,
} from '@clarion/model';
import { changedFacts, statementsIn, textsIn, type ChangedFacts, type RelatedChanges } from './changed-facts';
import { subjectOf, type KeyedSubject, type SubjectStore } from './composition-subject';
import { distinctFeatures, type FoundComposition, type PackageName, mergeCompositions } from './merge-compositions';
import { hasChannel, packageTypesOf, reachOf } from './reach';
import { transitionsOf, type ChangeEffect, type TransitionOptions } from './transitions';

export interface FindAffectedDeps extends TransitionOptions {
  readonly store: MatchFacts &
    SubjectStore &
    Pick<CompositionStore, 'compositionsWithPackage'> &
    Pick<AdvisoryStore, 'packagesOf'>;
  readonly options: ReportOptions;
}

export interface AffectedComposition {
  readonly composition: string;
  readonly effect: ChangeEffect;
}

/** Most effects that are remembered; an effect is small, and compositions of equal packages share one. */
const maxEffects = 20_000;

/**
 * Finds the compositions for which a change makes a difference, in the order of their ids. Each one that holds a changed
 * name in a namespace that the change is about is matched with the facts as they were and as they became, by the code of
 * reports; equal ones once. Reads no layer's bytes, and images only where packages alone do not tell.
 */
export async function* findAffected(
  related: RelatedChanges,
  deps: FindAffectedDeps,
): AsyncGenerator<AffectedComposition, void, undefined> {
  const { changes, later = [] } = related;
  const facts = changedFacts(deps.store, related);
  const places = await placesOf(changes, deps.store);
  const byOrigin = statementsIn([...changes, ...later]).some(dependsOnOrigins);
  const ofTexts = textsIn(changes).length > 0;
  const others = await namesBeside(places, facts, deps.store);
  const effectOf = rememberedEffects(facts, deps);
  const namespaces = [...new Set(places.map(({ namespace }) => namespace))];
  for await (const found of mergeCompositions(packageNames(places), deps.store)) {
    if (!(await isReached(found, namespaces))) continue;
    const { composition, features } = found;
    // Of statements that did not change it is not known what they depend on; not every package manager records origins.
    const options = {
      store: deps.store,
      origins: byOrigin || (ofTexts && features.some(({ type }) => packageKindOf(type)?.recordsRepositories === true)),
    };
    let effect = await effectOf(await subjectOf(composition, features, options));
    if (effect?.transitions.some(({ transition }) => transition !== 'changed') === true) {
      // A package is affected, or is no more; whether the image is depends on its other packages too.
      const all = await featuresOf(composition, features, { others, store: deps.store });
      if (all.length > features.length) effect = await effectOf(await subjectOf(composition, all, options));
    }
    if (effect === undefined || (effect.transitions.length === 0 && !effect.recount)) continue;
    yield { composition: composition.id, effect };
  }
}

/** A package that statements about the flaw are about, in a namespace. */
type Place = Pick<StatementChange, 'namespace' | 'package' | 'scheme'>;

/** Where statements changed, and, when texts did, all packages that any statement names the flaw for. */
async function placesOf(
  changes: readonly FactChange[],
  store: Pick<AdvisoryStore, 'packagesOf'>,
): Promise<readonly Place[]> {
  const ids = new Set(textsIn(changes).map(({ vulnerability }) => vulnerability));
  const named = await Promise.all([...ids].map((id) => store.packagesOf(id)));
  // Of these the scheme is not known: they are looked for among packages of all kinds.
  return [
    ...statementsIn(changes),
    ...named.flat().map(([namespace, name]) => ({ namespace, package: name, scheme: '' })),
  ];
}

/** What is not all found on both sides cannot be compared; its counts are made again, and say that there are none. */
const unknownEffect: ChangeEffect = { transitions: [], before: [], after: [], recount: true };

function rememberedEffects(
  { before, after, about }: ChangedFacts,
  { options, ...counted }: FindAffectedDeps,
): (of: KeyedSubject | undefined) => Promise<ChangeEffect | undefined> {
  const known = new Map<string, ChangeEffect>();
  return async (of) => {
    if (of === undefined) return undefined;
    const { subject, key } = of;
    if (known.size >= maxEffects) known.clear();
    const remembered = known.get(key);
    if (remembered !== undefined) return remembered;
    // What is less than certain is in reports; nobody is woken for it.
    const was = await findingsOf(subject, before, { ...options, about });
    const is = await findingsOf(subject, after, { ...options, about });
    const exceeded = was.exceeded ?? is.exceeded;
    const sides = { before: was.findings.filter(isCertain), after: is.findings.filter(isCertain) };
    const effect = exceeded === undefined ? await transitionsOf(sides, counted) : { ...unknownEffect, exceeded };
    known.set(key, effect);
    return effect;
  };
}

/** Names of packages by namespace. */
type Names = ReadonlyMap<string, ReadonlySet<string>>;

/** What feeds speak of the same flaw about, beside what changed. */
async function namesBeside(
  places: readonly Place[],
  { about }: ChangedFacts,
  store: Pick<AdvisoryStore, 'packagesOf'>,
): Promise<Names> {
  const names = new Map<string, Set<string>>();
  for (const id of about) {
    for (const [namespace, name] of await store.packagesOf(id)) {
      const known = names.get(namespace);
      if (known === undefined) names.set(namespace, new Set([name]));
      else known.add(name);
    }
  }
  for (const place of places) names.get(place.namespace)?.delete(place.package);
  return names;
}

/** The packages that hold changed names, and those of the composition that feeds speak of the same flaw about. */
async function featuresOf(
  composition: Composition,
  named: readonly PlacedFeature[],
  { others, store }: { readonly others: Names; readonly store: Pick<CompositionStore, 'compositionFeatures'> },
): Promise<readonly PlacedFeature[]> {
  const names = new Set<string>();
  for (const [namespace, beside] of others) {
    const isHere = named.some((one) => reachOf(namespace, one) === 'own') || hasChannel(namespace, composition);
    if (isHere) for (const name of beside) names.add(name);
  }
  if (names.size === 0) return named;
  const all = (await store.compositionFeatures(composition.id)) ?? [];
  const isOther = ({ name, source }: PlacedFeature): boolean =>
    names.has(name) || (source !== undefined && names.has(source.name));
  return distinctFeatures([...named, ...all.filter(isOther)]);
}

function packageNames(places: readonly Place[]): readonly PackageName[] {
  const names = new Map<string, PackageName>();
  for (const place of places) {
    for (const type of packageTypesOf(place)) names.set(`${type}|${place.package}`, { type, name: place.package });
  }
  return [...names.values()];
}

/** Where repositories share names of packages, the one that a package came from decides about each of its flaws. */
function dependsOnOrigins({ namespace, before, after }: StatementChange): boolean {
  return (
    distributionOf(namespace)?.origins?.kind === 'topic' ||
    [...before, ...after].some(({ scope }) => scope?.origin !== undefined)
  );
}

/** Whether statements of any of the namespaces are about any of the packages. */
async function isReached({ composition, features }: FoundComposition, namespaces: readonly string[]): Promise<boolean> {
  const turns = createTurns();
  for (const feature of features) {
    if (turns.isOver()) await turns.next();
    const isHere = (namespace: string): boolean => {
      const way = reachOf(namespace, feature);
      return way === 'own' || (way === 'channel' && hasChannel(namespace, composition));
    };
    if (namespaces.some(isHere)) return true;
  }
  return false;
}
