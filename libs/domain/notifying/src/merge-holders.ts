import type { Holder, IndexedPackageType, PlacedFeature, Store } from '@clarion/model';

/** A name of packages, as an index of features has it. */
export interface HeldName {
  readonly type: IndexedPackageType;
  readonly name: string;
}

/**
 * Compositions that hold a package of any of the names, each once with all of those packages, in the order of their ids.
 * The streams of the names are read side by side, so that nothing but their heads is in memory.
 */
export async function* mergeHolders(
  names: readonly HeldName[],
  store: Pick<Store, 'holders'>,
): AsyncGenerator<Holder, void, undefined> {
  const open: Head[] = [];
  try {
    for (const { type, name } of names) {
      const stream = store.holders(type, name)[Symbol.asyncIterator]();
      await pull(stream, open);
    }
    while (open.length > 0) {
      const least = open.reduce((a, b) => (idOf(b) < idOf(a) ? b : a));
      const here = open.filter((head) => idOf(head) === idOf(least));
      for (const head of here) open.splice(open.indexOf(head), 1);
      for (const { stream } of here) await pull(stream, open);
      const features = distinctFeatures(here.flatMap(({ holder }) => holder.features));
      yield { composition: least.holder.composition, features };
    }
  } finally {
    for (const { stream } of open) await stream.return?.();
  }
}

interface Head {
  readonly stream: AsyncIterator<Holder>;
  readonly holder: Holder;
}

function idOf({ holder }: Head): string {
  return holder.composition.id;
}

async function pull(stream: AsyncIterator<Holder>, open: Head[]): Promise<void> {
  const next = await stream.next();
  if (next.done !== true) open.push({ stream, holder: next.value });
}

/** A package is held under its own name and under that of its source. */
export function distinctFeatures(features: readonly PlacedFeature[]): readonly PlacedFeature[] {
  // Nearly always these tell them apart, and making them costs little.
  const places = new Set(features.map(({ name, version, layer, path }) => [name, version, layer, path].join('\0')));
  if (places.size === features.length) return features;
  const byText = new Map(features.map((feature) => [featureKey(feature), feature]));
  return [...byText.values()];
}

function featureKey(feature: PlacedFeature): string {
  return JSON.stringify(Object.entries(feature).sort(([a], [b]) => (a < b ? -1 : 1)));
}
