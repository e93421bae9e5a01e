import {
  ClarionError,
  type DetectorClient,
  type DetectorInfo,
  type EffectiveImage,
  type LayerDescriptor,
  type LayerIdentity,
  type LayerIndex,
  type OpenedImage,
} from '@clarion/model';
import { assembleImage } from './assemble-image';
import { allDetectors } from './ecosystem-signs';
import { eventQueue } from './event-queue';
import type { IndexEvent } from './events';
import { extractLayer, type ExtractedLayer } from './extract-layer';
import { type ExtractLayerDeps, type LayerWork } from './layer-work';
import { isForeign, missingLayer } from './foreign-layer';
import { boundedLayers } from './bounded-layers';

export interface IndexImageDeps extends Omit<ExtractLayerDeps, 'onProgress'> {
  /** Layers read concurrently; 2 unless given. */
  readonly concurrency?: number;
}

const progressStep = 1024 * 1024;

/**
 * Indexes an image: reads the unknown layers, several at once and each only once, then composes them. Yields progress
 * and finally `image.assembled`. When a layer fails, the others are finished, so that their facts are kept, and then
 * the first error is thrown; its message names the layer.
 */
export async function* indexImage(opened: OpenedImage, deps: IndexImageDeps): AsyncGenerator<IndexEvent, void> {
  const detectors = await allDetectors(deps.detectors);
  const bounded = boundedLayers((diffId) => deps.layers.layer(diffId, detectors));
  const layers = await bounded.inOrder(
    yield* readLayers(opened, { ...deps, known: detectors, keep: (layer) => bounded.keep(layer) }),
  );
  if (layers === undefined)
    throw new ClarionError('not-found', `Facts of ${opened.image.reference} are not stored any more`);
  yield { kind: 'image.assembled', image: assembleImage(opened.image, layers, detectors) };
}

/** What an image declares, and the computed diffIDs of its layers. */
export type ReadImage = Pick<EffectiveImage, 'image' | 'layers'>;

/** Reads the unknown layers of an opened image, and closes it. Composes nothing. */
export async function indexOpened(opened: OpenedImage, deps: IndexImageDeps): Promise<ReadImage> {
  try {
    const known = await allDetectors(deps.detectors);
    const events = readLayers(opened, { ...deps, known, keep: ({ diffId }) => diffId });
    let next = await events.next();
    while (next.done !== true) next = await events.next();
    return { image: opened.image, layers: next.value };
  } finally {
    await opened.close();
  }
}

interface ReadLayersDeps<Kept> extends IndexImageDeps {
  readonly known: readonly DetectorInfo[];
  /** Returns what is kept of a layer that was read. */
  readonly keep: (layer: LayerIndex) => Kept;
}

/** Reads the unknown layers, and returns what `keep` returns for each, base first. */
async function* readLayers<Kept>(
  opened: OpenedImage,
  deps: ReadLayersDeps<Kept>,
): AsyncGenerator<IndexEvent, readonly Kept[]> {
  const queue = eventQueue<IndexEvent>();
  const stop = new AbortController();
  const signal = deps.signal === undefined ? stop.signal : AbortSignal.any([deps.signal, stop.signal]);
  const client: DetectorClient = {
    list: () => Promise.resolve(deps.known),
    detect: (request) => deps.detectors.detect(request),
  };
  const indexing = indexLayers(opened, { ...deps, detectors: client, signal }, queue.push.bind(queue));
  const settled = indexing.then(
    () => undefined,
    () => undefined,
  );
  void settled.then(queue.end.bind(queue));
  try {
    yield* queue.events();
    return await indexing;
  } finally {
    // Reached early when the caller stops listening: no reading continues in the background.
    stop.abort();
    await settled;
  }
}

type ReportEvent = (event: IndexEvent) => void;

async function indexLayers<Kept>(
  opened: OpenedImage,
  deps: ReadLayersDeps<Kept>,
  report: ReportEvent,
): Promise<readonly Kept[]> {
  const { layers } = opened.image;
  const identities = await Promise.all(layers.map(async (_, number) => opened.identity?.(number)));
  const firstOf = sameLayers(layers, identities);
  const indexes = new Map<number, Kept>();
  const errors: (readonly [layer: number, error: unknown])[] = [];
  const pending = [...new Set(firstOf)].values();
  const worker = async (): Promise<void> => {
    for (const layer of pending) {
      try {
        deps.signal?.throwIfAborted();
        const index = await indexLayer({ opened, layer, identity: identities[layer] }, deps, report);
        indexes.set(layer, deps.keep(index));
      } catch (error) {
        errors.push([layer, error]);
      }
    }
  };
  await Promise.all(Array.from({ length: deps.concurrency ?? 2 }, worker));
  const [first] = errors.sort(([a], [b]) => a - b);
  if (first !== undefined) {
    throw named(first[1], labelOf(layers, first[0]));
  }
  return firstOf.map((layer) => indexes.get(layer) as Kept);
}

/** For each layer, the number of the first one with the same bytes and the same claims about them. */
function sameLayers(
  layers: readonly LayerDescriptor[],
  identities: readonly (LayerIdentity | undefined)[],
): readonly number[] {
  const seen = new Map<string, number>();
  return layers.map(({ diffId, digest }, number) => {
    const identity = identities[number];
    if (identity === undefined) return number;
    const key = JSON.stringify([identity, diffId, digest]);
    const first = seen.get(key) ?? number;
    seen.set(key, first);
    return first;
  });
}

interface OneLayer {
  readonly opened: OpenedImage;
  readonly layer: number;
  readonly identity: LayerIdentity | undefined;
}

async function indexLayer(
  { opened, layer, identity }: OneLayer,
  deps: IndexImageDeps,
  report: ReportEvent,
): Promise<LayerIndex> {
  const { layers } = opened.image;
  let reported = 0;
  const work: LayerWork = {
    descriptor: layers[layer] ?? {},
    identity,
    label: labelOf(layers, layer),
    open: (signal) => opened.layer(layer, signal),
  };
  const onProgress = (bytes: number): void => {
    if (bytes - reported >= progressStep) {
      reported = bytes;
      report({ kind: 'layer.progress', layer, bytes });
    }
  };
  report({ kind: 'layer.started', layer });
  const { layer: index, read } = await extracted(work, { ...deps, onProgress });
  report({ kind: 'layer.done', layer, read });
  return index;
}

/** A layer that registries do not distribute (its licence forbids it) is a gap in the report; the scan continues. */
async function extracted(work: LayerWork, deps: ExtractLayerDeps): Promise<ExtractedLayer> {
  const { diffId, digest } = work.descriptor;
  try {
    return await extractLayer(work, deps);
  } catch (error) {
    const name = diffId ?? digest;
    const absent = error instanceof ClarionError && (error.code === 'not-found' || error.code === 'unsupported');
    if (absent && name !== undefined && isForeign(work.descriptor)) {
      return { layer: missingLayer(name, work.label), read: false };
    }
    throw error;
  }
}

function labelOf(layers: readonly LayerDescriptor[], layer: number): string {
  const { diffId, digest } = layers[layer] ?? {};
  const name = diffId ?? digest;
  return `Layer ${layer + 1} of ${layers.length}${name === undefined ? '' : ` (${name})`}`;
}

/**
 * An error of a layer names that layer; an error that is not a `ClarionError` is a fault of Clarion or the machine
 * and is left unchanged.
 */
function named(error: unknown, label: string): unknown {
  if (!(error instanceof ClarionError) || error.message.includes(label)) {
    return error;
  }
  const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
  return new ClarionError(error.code, `${label}: ${error.message}`, { cause: error, ...remedy });
}
