import { createHash } from 'node:crypto';
import { createTurns } from '@clarion/deadlines';
import { type MatchSubject, ownersAmong } from '@clarion/matching';
import type { ImageComposition, Digest, PlacedFeature, CompositionStore, ImageStore } from '@clarion/model';

export type SubjectStore = Pick<ImageStore, 'images'> & Pick<CompositionStore, 'compositionFeatures'>;

/**
 * The input that determines the findings for some packages of a composition, and a key that is equal for equal input.
 */
export interface KeyedSubject {
  readonly subject: MatchSubject;
  readonly key: string;
}

/**
 * Some packages of a composition with their matching input; undefined when that needs an image and no image has the
 * composition any more. With `withRepositories`, it also matters whether the package manager records the repository of
 * any package.
 */
export async function subjectOf(
  composition: ImageComposition,
  named: readonly PlacedFeature[],
  { store, withRepositories }: { readonly store: SubjectStore; readonly withRepositories: boolean },
): Promise<KeyedSubject | undefined> {
  const layers = await layersOf(composition, store);
  if (layers === undefined) return undefined;
  const { namespaces, channels, evidence } = composition;
  const marker = withRepositories ? await repositoryMarker(composition, named, store) : [];
  const owners = await ownersBeside(composition.id, named, store);
  const subject = { layers, namespaces, channels, evidence, features: [...named, ...marker], owners };
  return { subject, key: await keyOf(subject) };
}

/** The owners of some packages of a composition that are not among these. */
export async function ownersBeside(
  composition: string,
  named: readonly PlacedFeature[],
  store: Pick<CompositionStore, 'compositionFeatures'>,
): Promise<readonly PlacedFeature[]> {
  const owners = new Set(named.flatMap(({ owner }) => owner ?? []));
  if (owners.size === 0) return [];
  const known = new Set(named.map(identityOf));
  const installed = [...ownersAmong(named, (await store.compositionFeatures(composition)) ?? []).values()].flat();
  return installed.filter((feature) => !known.has(identityOf(feature)));
}

function identityOf({ type, name, version, architecture = '', path }: PlacedFeature): string {
  return JSON.stringify([type, name, version, architecture, path]);
}

/** The packages of a composition that any of the named ones owns: what is said of these decides about those too. */
export async function ownedBy(
  composition: ImageComposition,
  named: readonly PlacedFeature[],
  store: Pick<CompositionStore, 'compositionFeatures'>,
): Promise<readonly PlacedFeature[]> {
  if (composition.owners === undefined) return [];
  const owners = new Set(composition.owners);
  const names = new Set(named.flatMap(({ name, owner }) => (owner === undefined && owners.has(name) ? [name] : [])));
  if (names.size === 0) return [];
  const features = (await store.compositionFeatures(composition.id)) ?? [];
  return features.filter(({ owner }) => owner !== undefined && names.has(owner));
}

/** All packages of a composition with their matching input. */
export async function wholeSubject(
  composition: ImageComposition,
  store: SubjectStore,
): Promise<MatchSubject | undefined> {
  const layers = await layersOf(composition, store);
  const features = await store.compositionFeatures(composition.id);
  if (layers === undefined || features === undefined) return undefined;
  const { namespaces, channels, evidence } = composition;
  return { layers, namespaces, channels, evidence, features };
}

/**
 * The layers of any image of a composition, if their order matters: it decides which content sets apply to which
 * packages. It is the only matching input that a composition does not contain.
 */
async function layersOf(
  { id, evidence }: ImageComposition,
  store: SubjectStore,
): Promise<readonly Digest[] | undefined> {
  if (!evidence.some(({ kind }) => kind === 'content-set')) return [];
  return (await store.images({ by: 'composition', composition: id }, { limit: 1 })).items[0]?.layers;
}

/**
 * Any package with a known repository, moved out of every namespace: it is not matched, and only shows that
 * repositories are recorded.
 */
async function repositoryMarker(
  { id }: ImageComposition,
  named: readonly PlacedFeature[],
  store: SubjectStore,
): Promise<readonly PlacedFeature[]> {
  const isKnown = ({ repository }: PlacedFeature): boolean => repository !== undefined;
  if (named.some(isKnown)) return [];
  const known = (await store.compositionFeatures(id))?.find(isKnown);
  return known === undefined ? [] : [{ ...known, namespace: null }];
}

/**
 * A digest of everything that matching reads, without paths. Layers, where they matter, are replaced by their position,
 * so images with equal packages on different base layers are matched once. A digest, because thousands are kept in
 * memory.
 */
async function keyOf({ layers, namespaces, channels, evidence, features, owners = [] }: MatchSubject): Promise<string> {
  const positionOf = (layer: Digest): number => layers.indexOf(layer);
  const hash = createHash('sha256');
  const add = (values: unknown): void => void hash.update(`${JSON.stringify(values)}\n`);
  add([
    layers.length,
    features.length,
    namespaces.map(({ id, packageType, versionText }) => [id, packageType, versionText]),
    channels.map(({ id, packageType }) => [id, packageType]),
    evidence.map(({ kind, value, package: of, version, layer }) => [kind, value, of, version, positionOf(layer)]),
  ]);
  const turns = createTurns();
  for (const feature of [...features, ...owners]) {
    if (turns.isOver()) await turns.next();
    add([
      ...keyMembers.map((member) => feature[member]),
      feature.source?.name,
      feature.source?.version,
      positionOf(feature.layer),
    ]);
  }
  return hash.digest('base64');
}

/** Members of a feature that matching reads unchanged; each one must be listed here or be left out on purpose. */
const keyed = {
  type: true,
  name: true,
  version: true,
  namespace: true,
  architecture: true,
  repository: true,
  module: true,
  vendor: true,
  publisher: true,
  license: true,
  owner: true,
  linkedFunctions: true,
} as const satisfies Record<Exclude<keyof PlacedFeature, 'path' | 'within' | 'confidence' | 'layer' | 'source'>, true>;
const keyMembers = Object.keys(keyed) as readonly (keyof typeof keyed)[];
