import type { Digest, LayerIndex } from '@clarion/model';

/** What the layers of one image, each counted once, may have together while the image is composed. */
export interface FactLimits {
  /** Entries, packages and other facts. A real image has some ten thousand. */
  readonly facts: number;
  /** Characters of the paths and targets of links of entries. */
  readonly characters: number;
}

const defaultLimits: FactLimits = { facts: 300_000, characters: 32 * 1024 * 1024 };

type LoadLayer = (diffId: Digest) => Promise<LayerIndex | undefined>;

/** The facts of the layers of one image in bounded memory, for any number of layers, and each once. */
export interface BoundedLayers {
  /** Keeps the facts of a layer, or only its name when there is no room for them beside the others. */
  keep(layer: LayerIndex): LayerIndex | Digest;
  /**
   * The layers of an image, base first; a repeated one is the same object each time. Layers beyond the memory limit
   * of one image come without facts, and with a problem: which ones depends only on the order of the image. Undefined
   * when one cannot be loaded.
   */
  inOrder(layers: readonly (LayerIndex | Digest)[]): Promise<readonly LayerIndex[] | undefined>;
}

/** `load` returns stored facts of a layer. */
export function boundedLayers(load: LoadLayer, limits: FactLimits = defaultLimits): BoundedLayers {
  const room = createRoom(limits);
  return {
    keep: (layer) => (room.takes(layer) ? layer : layer.diffId),
    async inOrder(layers) {
      const inImage = createRoom(limits);
      const known = new Map<LayerIndex | Digest, LayerIndex>();
      const ordered: LayerIndex[] = [];
      for (const named of layers) {
        let layer = known.get(named);
        if (layer === undefined) {
          // One after the other: only one of those without room is in memory at a time.
          const whole = typeof named === 'string' ? await load(named) : named;
          if (whole === undefined) return undefined;
          layer = inImage.takes(whole) ? whole : withoutFacts(whole);
          known.set(named, layer);
        }
        ordered.push(layer);
      }
      return ordered;
    },
  };
}

/** Takes layers while they are within the limits together. */
export function createRoom(limits: FactLimits): { takes(layer: LayerIndex): boolean } {
  let [facts, characters] = [0, 0];
  return {
    takes(layer) {
      const needs = needsOf(layer);
      if (facts + needs.facts > limits.facts || characters + needs.characters > limits.characters) return false;
      facts += needs.facts;
      characters += needs.characters;
      return true;
    },
  };
}

function needsOf({ structure, detections, problems }: LayerIndex): FactLimits {
  let [facts, characters] = [problems.length, 0];
  for (const entries of Object.values(structure) as readonly (string | readonly (string | readonly string[])[])[]) {
    if (typeof entries === 'string') {
      characters += entries.length;
      continue;
    }
    facts += entries.length;
    for (const entry of entries)
      for (const text of typeof entry === 'string' ? [entry] : entry) characters += text.length;
  }
  for (const { features, namespaces, evidence = [], problems: found, signs = [], packageFiles } of detections) {
    facts += features.length + namespaces.length + evidence.length + found.length;
    for (const { paths } of signs) {
      facts += paths.length;
      for (const path of paths) characters += path.length;
    }
    const { owned = '', owners = '', packages = [] } = packageFiles ?? {};
    characters += owned.length + owners.length;
    for (const name of packages) characters += name.length;
  }
  return { facts, characters };
}

function withoutFacts(layer: LayerIndex): LayerIndex {
  const none = { whiteouts: [], opaques: [], symlinks: [], hardlinks: [], files: [], obstacles: [], directories: [] };
  const message = `The layers of the image hold more than Clarion composes: ${layer.diffId} is not taken into account`;
  return { ...layer, structure: none, detections: [], problems: [{ code: 'limit-reached', message }] };
}
