import { createTurns } from '@clarion/deadlines';
import { distributionOf, packageTypesIn } from '@clarion/distributions';
import { ecosystemOf, indexedNames } from '@clarion/ecosystems';
import type { MatchFacts } from '@clarion/matching';
import { findingsOf, isCertain, type ReportOptions } from '@clarion/reporting';
import {
  type ImageComposition,
  type FactChange,
  type PlacedFeature,
  type AdvisoryChange,
  type AdvisoryStore,
  type CompositionStore,
} from '@clarion/model';
import { changedFacts, advisoryChangesIn, textsIn, type ChangedFacts, type RelatedChanges } from './changed-facts';
import { ownedBy, subjectOf, type KeyedSubject, type SubjectStore } from './composition-subject';
import { distinctFeatures, type FoundComposition, type PackageName, mergeCompositions } from './merge-compositions';
import { hasChannel, matchNamespace } from './namespace-match';
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

/** The maximum number of cached effects. An effect is small, and compositions with equal packages share one. */
const maxEffects = 20_000;

/**
 * Finds the compositions that a change affects, in the order of their ids. Each composition with a package of a changed
 * name, in a namespace that the change applies to, is matched with the facts before and after the change, using the
 * code of reports; equal compositions are matched once. Reads no layer content, and reads images only if packages alone
 * do not decide.
 */
export async function* findAffected(
  related: RelatedChanges,
  deps: FindAffectedDeps,
): AsyncGenerator<AffectedComposition, void, undefined> {
  const { changes, later = [] } = related;
  const facts = changedFacts(deps.store, related);
  const targets = await targetsOf(changes, deps.store);
  const byRepository = advisoryChangesIn([...changes, ...later]).some(dependsOnRepositories);
  const ofTexts = textsIn(changes).length > 0;
  const others = await namesBeside(targets, facts, deps.store);
  const effectOf = rememberedEffects(facts, deps);
  const namespaces = [...new Set(targets.map(({ namespace }) => namespace))];
  for await (const found of mergeCompositions(packageNames(targets), deps.store)) {
    if (!(await appliesToAny(found, namespaces))) continue;
    const { composition } = found;
    // The distribution's advisories decide about files of its packages as well.
    const owned = await ownedBy(composition, found.features, deps.store);
    const features = owned.length === 0 ? found.features : await distinctFeatures([...found.features, ...owned]);
    // Unchanged advisories may depend on repositories; not every package manager records them.
    const options = {
      store: deps.store,
      withRepositories:
        byRepository || (ofTexts && features.some(({ type }) => ecosystemOf(type)?.recordsRepositories === true)),
    };
    let effect = await effectOf(await subjectOf(composition, features, options));
    if (effect?.transitions.some(({ transition }) => transition !== 'changed') === true) {
      // A package became affected or cleared; whether the image did also depends on its other packages.
      const all = await featuresOf(composition, features, { others, store: deps.store });
      if (all.length > features.length) effect = await effectOf(await subjectOf(composition, all, options));
    }
    if (effect === undefined) continue;
    // What such a package may be has changed, and with it whether the report is complete.
    const recount = effect.recount || features.some(isIncomplete);
    if (effect.transitions.length === 0 && !recount) continue;
    yield { composition: composition.id, effect: recount === effect.recount ? effect : { ...effect, recount } };
  }
}

/** A package with advisories about the vulnerability, in a namespace. */
type AdvisoryTarget = Pick<AdvisoryChange, 'namespace' | 'package'>;

/**
 * The packages with changed advisories; for changed vulnerability records, also all packages with advisories about
 * them.
 */
async function targetsOf(
  changes: readonly FactChange[],
  store: Pick<AdvisoryStore, 'packagesOf'>,
): Promise<readonly AdvisoryTarget[]> {
  const ids = new Set(textsIn(changes).map(({ vulnerability }) => vulnerability));
  const named = await Promise.all([...ids].map((id) => store.packagesOf(id)));
  return [...advisoryChangesIn(changes), ...named.flat().map(([namespace, name]) => ({ namespace, package: name }))];
}

/**
 * If either side exceeds the limits, they cannot be compared; the composition is recounted, which marks its counts as
 * missing.
 */
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
    // Uncertain matches appear in reports, but do not trigger notifications.
    const was = await findingsOf(subject, before, { ...options, about });
    const is = await findingsOf(subject, after, { ...options, about });
    const exceeded = was.exceeded ?? is.exceeded;
    const sides = { before: was.findings.filter(isCertain), after: is.findings.filter(isCertain) };
    const effect = exceeded === undefined ? await transitionsOf(sides, counted) : { ...unknownEffect, exceeded };
    known.set(key, effect);
    return effect;
  };
}

/** Package names by namespace. */
type Names = ReadonlyMap<string, ReadonlySet<string>>;

/** Other packages with advisories about the same vulnerability, besides the changed ones. */
async function namesBeside(
  targets: readonly AdvisoryTarget[],
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
  for (const target of targets) names.get(target.namespace)?.delete(target.package);
  return names;
}

/** The packages with changed names, and those of the composition with advisories about the same vulnerability. */
async function featuresOf(
  composition: ImageComposition,
  named: readonly PlacedFeature[],
  { others, store }: { readonly others: Names; readonly store: Pick<CompositionStore, 'compositionFeatures'> },
): Promise<readonly PlacedFeature[]> {
  const names = new Set<string>();
  for (const [namespace, beside] of others) {
    const isHere = isIn(composition, namespace) || named.some((one) => matchNamespace(namespace, one) === 'own');
    if (isHere) for (const name of beside) names.add(name);
  }
  if (names.size === 0) return named;
  const all = (await store.compositionFeatures(composition.id)) ?? [];
  const isOther = (feature: PlacedFeature): boolean => indexedNames(feature).names.some((name) => names.has(name));
  return distinctFeatures([...named, ...all.filter(isOther)]);
}

/** Whether a composition has packages that the advisories of a namespace apply to: a CVE may be in npm and in Debian. */
function isIn(composition: ImageComposition, namespace: string): boolean {
  const { namespaces, otherNamespaces = [] } = composition;
  const ids = [...namespaces.map(({ id }) => id), ...otherNamespaces];
  return hasChannel(namespace, composition) || ids.some((id) => matchNamespace(namespace, { namespace: id }) === 'own');
}

function packageNames(targets: readonly AdvisoryTarget[]): readonly PackageName[] {
  const names = new Map<string, PackageName>();
  for (const target of targets) {
    for (const type of packageTypesIn(target.namespace)) {
      const parts = ecosystemOf(type)?.partialNames?.partsOf(target.package) ?? [];
      for (const name of [target.package, ...parts]) names.set(`${type}|${name}`, { type, name });
    }
  }
  return [...names.values()];
}

function isIncomplete({ type, name }: PlacedFeature): boolean {
  return ecosystemOf(type)?.partialNames?.lacks(name) !== undefined;
}

/** If repositories share package names, the repository of a package decides about each of its vulnerabilities. */
function dependsOnRepositories({ namespace, before, after }: AdvisoryChange): boolean {
  return (
    distributionOf(namespace)?.repositoryRules?.kind === 'topic' ||
    [...before, ...after].some(({ scope }) => scope?.origin !== undefined)
  );
}

/** Whether advisories of any of the namespaces apply to any of the packages. */
async function appliesToAny(
  { composition, features }: FoundComposition,
  namespaces: readonly string[],
): Promise<boolean> {
  const turns = createTurns();
  for (const feature of features) {
    if (turns.isOver()) await turns.next();
    const isHere = (namespace: string): boolean => {
      const match = matchNamespace(namespace, feature);
      return match === 'own' || (match === 'channel' && hasChannel(namespace, composition));
    };
    if (namespaces.some(isHere)) return true;
  }
  return false;
}
