import { createTurns } from '@clarion/deadlines';
import type {
  ImageComposition,
  CompositionWithPackage,
  IndexedPackageType,
  PlacedFeature,
  CompositionStore,
} from '@clarion/model';

/** A package name, as in the index of features. */
export interface PackageName {
  readonly type: IndexedPackageType;
  readonly name: string;
}

/** A composition with the packages that matched the names. */
export interface FoundComposition {
  readonly composition: ImageComposition;
  readonly features: readonly PlacedFeature[];
}

/**
 * Compositions with a package of any of the names, each once with all of those packages, in the order of their ids. The
 * streams of the names are merged, so only their heads are in memory.
 */
export async function* mergeCompositions(
  names: readonly PackageName[],
  store: Pick<CompositionStore, 'compositionsWithPackage'>,
): AsyncGenerator<FoundComposition, void, undefined> {
  const open: Head[] = [];
  try {
    for (const { type, name } of names) {
      const stream = store.compositionsWithPackage(type, name)[Symbol.asyncIterator]();
      await pull(stream, open);
    }
    while (open.length > 0) {
      const least = open.reduce((a, b) => (idOf(b) < idOf(a) ? b : a));
      const here = open.filter((head) => idOf(head) === idOf(least));
      for (const head of here) open.splice(open.indexOf(head), 1);
      const features = await distinctFeatures(await featuresOf(here));
      for (const { stream } of here) await pull(stream, open);
      yield { composition: least.match.composition, features };
    }
  } finally {
    for (const { stream } of open) await stream.return?.();
  }
}

interface Head {
  readonly stream: AsyncIterator<CompositionWithPackage>;
  readonly match: CompositionWithPackage;
}

function idOf({ match }: Head): string {
  return match.composition.id;
}

async function pull(stream: AsyncIterator<CompositionWithPackage>, open: Head[]): Promise<void> {
  const next = await stream.next();
  if (next.done !== true) open.push({ stream, match: next.value });
}

async function featuresOf(heads: readonly Head[]): Promise<readonly PlacedFeature[]> {
  const features: PlacedFeature[] = [];
  for (const { match } of heads) {
    for await (const piece of match.pieces()) for (const feature of piece) features.push(feature);
  }
  return features;
}

/** Removes duplicates: a package is found under its own name and under that of its source. */
export async function distinctFeatures(features: readonly PlacedFeature[]): Promise<readonly PlacedFeature[]> {
  const turns = createTurns();
  const shortKeys = new Set<string>();
  for (const { name, version, layer, path } of features) {
    if (turns.isOver()) await turns.next();
    shortKeys.add([name, version, layer, path].join('\0'));
  }
  // These fields nearly always distinguish packages, and joining them is cheap.
  if (shortKeys.size === features.length) return features;
  const byText = new Map<string, PlacedFeature>();
  for (const feature of features) {
    if (turns.isOver()) await turns.next();
    byText.set(featureKey(feature), feature);
  }
  return [...byText.values()];
}

function featureKey(feature: PlacedFeature): string {
  return JSON.stringify(Object.entries(feature).sort(([a], [b]) => (a < b ? -1 : 1)));
}
