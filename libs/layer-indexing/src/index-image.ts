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
import type { IndexEvent, LayerIndexed } from './events';
import { extractLayer, type ExtractLayerDeps, type LayerWork } from './extract-layer';
import { isForeign, missingLayer } from './foreign-layer';

export interface IndexImageDeps extends Omit<ExtractLayerDeps, 'onProgress'> {
  /** Layers read at the same time; 2 unless stated. */
  readonly concurrency?: number;
}

const progressStep = 1024 * 1024;

/**
 * Indexes an image: reads the layers that are not known, several at once and each only once, then composes them.
 * Yields progress and at last `image.indexed`. When a layer fails the others are finished, so that their facts are
 * kept, and then the first error is thrown; its message names the layer.
 */
export async function* indexImage(opened: OpenedImage, deps: IndexImageDeps): AsyncGenerator<IndexEvent, void> {
  const detectors = await allDetectors(deps.detectors);
  const queue = eventQueue<IndexEvent>();
  const stop = new AbortController();
  const signal = deps.signal === undefined ? stop.signal : AbortSignal.any([deps.signal, stop.signal]);
  const client: DetectorClient = {
    list: () => Promise.resolve(detectors),
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
    yield imageIndexed(opened, await indexing, detectors);
  } finally {
    // Reached early when the caller stops listening: nothing goes on reading behind its back.
    stop.abort();
    await settled;
  }
}

/** What an image says of itself, and the diffIDs that were computed of its layers. */
export type ReadImage = Pick<EffectiveImage, 'image' | 'layers'>;

/** Reads the layers of an opened image that are not known, and closes it. */
export async function indexOpened(opened: OpenedImage, deps: IndexImageDeps): Promise<ReadImage> {
  try {
    for await (const event of indexImage(opened, deps)) {
      if (event.kind === 'image.indexed') return { image: opened.image, layers: event.image.layers };
    }
    throw new TypeError('The image is the last event');
  } finally {
    await opened.close();
  }
}

function imageIndexed(
  opened: OpenedImage,
  layers: readonly LayerIndex[],
  detectors: readonly DetectorInfo[],
): IndexEvent {
  return { kind: 'image.indexed', image: assembleImage(opened.image, layers, detectors) };
}

type Report = (event: IndexEvent) => void;

async function indexLayers(opened: OpenedImage, deps: IndexImageDeps, report: Report): Promise<readonly LayerIndex[]> {
  const { layers } = opened.image;
  const identities = await Promise.all(layers.map(async (_, number) => opened.identity?.(number)));
  const firstOf = sameLayers(layers, identities);
  const indexes = new Map<number, LayerIndex>();
  const errors: (readonly [layer: number, error: unknown])[] = [];
  const pending = [...new Set(firstOf)].values();
  const worker = async (): Promise<void> => {
    for (const layer of pending) {
      try {
        deps.signal?.throwIfAborted();
        indexes.set(layer, await indexLayer({ opened, layer, identity: identities[layer] }, deps, report));
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
  return firstOf.flatMap((layer) => indexes.get(layer) ?? []);
}

/** For each layer the number of the first one with the same bytes and the same claims about them. */
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
  report: Report,
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

/** A layer that registries do not hold (a licence forbids it) is a gap in the report, not the end of the scan. */
async function extracted(work: LayerWork, deps: ExtractLayerDeps): Promise<Pick<LayerIndexed, 'layer' | 'read'>> {
  const { diffId, digest } = work.descriptor;
  try {
    for await (const event of extractLayer(work, deps)) {
      return event;
    }
  } catch (error) {
    const name = diffId ?? digest;
    const absent = error instanceof ClarionError && (error.code === 'not-found' || error.code === 'unsupported');
    if (absent && name !== undefined && isForeign(work.descriptor)) {
      return { layer: missingLayer(name, work.label), read: false };
    }
    throw error;
  }
  throw new ClarionError('not-found', `${work.label} was not indexed`);
}

function labelOf(layers: readonly LayerDescriptor[], layer: number): string {
  const { diffId, digest } = layers[layer] ?? {};
  const name = diffId ?? digest;
  return `Layer ${layer + 1} of ${layers.length}${name === undefined ? '' : ` (${name})`}`;
}

/** An error of a layer says which one; one that is no `ClarionError` is a fault of ours or the machine's and stays. */
function named(error: unknown, label: string): unknown {
  if (!(error instanceof ClarionError) || error.message.includes(label)) {
    return error;
  }
  const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
  return new ClarionError(error.code, `${label}: ${error.message}`, { cause: error, ...remedy });
}
