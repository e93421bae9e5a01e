import { createHash } from 'node:crypto';
import { createTurns } from '@clarion/deadlines';
import type { MatchSubject } from '@clarion/matching';
import type { Composition, Digest, PlacedFeature, CompositionStore, ImageStore } from '@clarion/model';

export type SubjectStore = Pick<ImageStore, 'images'> & Pick<CompositionStore, 'compositionFeatures'>;

/** What decides the findings of some packages of a composition, and a text that is equal where all of that is. */
export interface KeyedSubject {
  readonly subject: MatchSubject;
  readonly key: string;
}

/**
 * Some packages of a composition with what decides about them; undefined when no image has the composition any more and
 * one is needed. With `origins` it also matters whether the package manager remembers where any package came from.
 */
export async function subjectOf(
  composition: Composition,
  named: readonly PlacedFeature[],
  { store, origins }: { readonly store: SubjectStore; readonly origins: boolean },
): Promise<KeyedSubject | undefined> {
  const layers = await layersOf(composition, store);
  if (layers === undefined) return undefined;
  const { namespaces, channels, evidence } = composition;
  const witness = origins ? await witnessOf(composition, named, store) : [];
  const subject = { layers, namespaces, channels, evidence, features: [...named, ...witness] };
  return { subject, key: await keyOf(subject) };
}

/** All packages of a composition with what decides about them. */
export async function wholeSubject(composition: Composition, store: SubjectStore): Promise<MatchSubject | undefined> {
  const layers = await layersOf(composition, store);
  const features = await store.compositionFeatures(composition.id);
  if (layers === undefined || features === undefined) return undefined;
  const { namespaces, channels, evidence } = composition;
  return { layers, namespaces, channels, evidence, features };
}

/**
 * The layers of any image of a composition, where their order matters: it tells whose content sets are whose, and is the
 * one thing about findings that a composition does not hold.
 */
async function layersOf({ id, evidence }: Composition, store: SubjectStore): Promise<readonly Digest[] | undefined> {
  if (!evidence.some(({ kind }) => kind === 'content-set')) return [];
  return (await store.images({ by: 'composition', composition: id }, { limit: 1 })).items[0]?.layers;
}

/** Any package whose origin is known, outside of every namespace: it is none to match, it only proves. */
async function witnessOf(
  { id }: Composition,
  named: readonly PlacedFeature[],
  store: SubjectStore,
): Promise<readonly PlacedFeature[]> {
  const isKnown = ({ repository }: PlacedFeature): boolean => repository !== undefined;
  if (named.some(isKnown)) return [];
  const known = (await store.compositionFeatures(id))?.find(isKnown);
  return known === undefined ? [] : [{ ...known, namespace: null }];
}

/**
 * Everything that matching reads, without paths; layers, where they matter, by their place, so that images of equal
 * packages on other base layers are matched once. A digest of it, as thousands are remembered.
 */
async function keyOf({ layers, namespaces, channels, evidence, features }: MatchSubject): Promise<string> {
  const place = (layer: Digest): number => layers.indexOf(layer);
  const hash = createHash('sha256');
  const add = (values: unknown): void => void hash.update(`${JSON.stringify(values)}\n`);
  add([
    layers.length,
    namespaces.map(({ id, packageType, versionText }) => [id, packageType, versionText]),
    channels.map(({ id, packageType }) => [id, packageType]),
    evidence.map(({ kind, value, package: of, version, layer }) => [kind, value, of, version, place(layer)]),
  ]);
  const turns = createTurns();
  for (const feature of features) {
    if (turns.isOver()) await turns.next();
    add([
      ...keyMembers.map((member) => feature[member]),
      feature.source?.name,
      feature.source?.version,
      place(feature.layer),
    ]);
  }
  return hash.digest('base64');
}

/** Members of a feature that matching reads as they are; every one must be named here or be left out on purpose. */
const keyed = {
  type: true,
  name: true,
  version: true,
  namespace: true,
  architecture: true,
  repository: true,
  module: true,
  vendor: true,
  license: true,
} as const satisfies Record<Exclude<keyof PlacedFeature, 'path' | 'layer' | 'source'>, true>;
const keyMembers = Object.keys(keyed) as readonly (keyof typeof keyed)[];
