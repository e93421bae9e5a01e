import type { ArchiveLimits } from '@clarion/layer-archive';
import { withLease } from '@clarion/leases';
import {
  ClarionError,
  type ClarionEvent,
  type DetectorClient,
  type DetectorInfo,
  type EffectiveImage,
  type EventOf,
  type WorkHandler,
  type HandlerContext,
  type LayerIndex,
  type OpenedImage,
  type CompositionCounts,
  type StoredImage,
  type Submission,
  type ImageStore,
  type LayerStore,
  type SeenFileStore,
} from '@clarion/model';
import { beginAttempt, endAttempt, type PartOfImage } from './attempts';
import { completeImage, type CompleteImageDeps } from './complete-image';
import { allDetectors } from './ecosystem-signs';
import { extractLayer, type ExtractedLayer } from './extract-layer';
import { failImage, isFinalError } from './fail-image';
import { isForeign } from './foreign-layer';
import { knownDiffId, recordedIdentity } from './known-layer';

/** An image that was submitted to be indexed here. */
export type SubmittedRecord = StoredImage & { readonly submission: Submission };

export interface IndexLayerDeps extends Pick<CompleteImageDeps, 'layers' | 'views'> {
  readonly store: CompleteImageDeps['store'] & Pick<LayerStore, 'putLayer'> & Pick<SeenFileStore, 'putSeenFile'>;
  readonly detectors: DetectorClient;
  /** Opens the bytes of a submitted image; only called for a layer that has to be read. */
  readonly open: (record: SubmittedRecord, signal: AbortSignal) => Promise<OpenedImage>;
  readonly count: (image: EffectiveImage) => Promise<CompositionCounts | null | undefined>;
  /** Whether to complete the image after its last layer; true unless given. */
  readonly completes?: boolean;
  readonly now: () => Date;
  /** Identifies this process among those that read layers. */
  readonly owner: string;
  /** How long the lease of a dead process on a layer lasts; 30 s unless given. */
  readonly leaseMillis?: number;
  readonly limits?: Partial<ArchiveLimits>;
  /** A part of the work starts and was recorded: whatever kills this process from now on counts as its attempt. */
  readonly onBegin?: (part: PartOfImage) => void;
  /** Bytes of blobs as they are read, for metrics. */
  readonly onBytes?: (bytes: number) => void;
  /** Called when a layer was read, for metrics. */
  readonly onLayer?: (layer: LayerIndex) => void;
  /** Called when an image was composed, for metrics. */
  readonly onImage?: (image: EffectiveImage) => void;
}

/**
 * Handler of `work.layer`: reads the layer unless it is known, and completes the image if it was the last one.
 * Several processes never read the same layer at once. A permanent error of the image ends in `image.failed`; a
 * temporary error is thrown, so that the bus retries.
 */
export function indexLayer(deps: IndexLayerDeps): WorkHandler<'work.layer'> {
  return async function* (work, context) {
    const stored = await deps.store.image(work.image);
    const submission = stored?.submission;
    // Submitted again, deleted or completed meanwhile: there is nothing left to do.
    if (stored === undefined || submission?.id !== work.submission || submission.state === 'indexed') return;
    const record = { ...stored, submission };
    const detectors = await allDetectors(deps.detectors);
    const submitted = { image: work.image, submission: submission.id };
    try {
      yield* readOne({ work, record, detectors }, deps, context);
      if (deps.completes !== false) yield* completeImage(submitted, { ...deps, detectors, signal: context.signal });
    } catch (error) {
      if (!isFinalError(error)) throw error;
      yield* failImage(work, error, deps.store);
    }
  };
}

interface OneLayer {
  readonly work: EventOf<'work.layer'>;
  readonly record: SubmittedRecord;
  readonly detectors: readonly DetectorInfo[];
}

async function* readOne(one: OneLayer, deps: IndexLayerDeps, context: HandlerContext): AsyncGenerator<ClarionEvent> {
  const { work, record, detectors } = one;
  const descriptor = record.image.layers[work.layer];
  if (descriptor === undefined) {
    throw new ClarionError('not-found', `The image ${work.image} has no layer ${work.layer}`);
  }
  const identity = recordedIdentity(record, work.layer);
  const known = await knownDiffId({ descriptor, identity }, detectors, deps.store);
  if (known !== undefined) {
    yield { kind: 'layer.indexed', image: work.image, layer: known, read: false };
    return;
  }
  const name = descriptor.diffId ?? descriptor.digest ?? `${work.image} ${work.layer}`;
  try {
    // Waiting workers find the layer known afterwards. A lost lease costs duplicate work, but never causes a wrong
    // fact.
    const lease = { ...deps, waitMillis: Number.POSITIVE_INFINITY, signal: context.signal };
    const leased = await withLease(`layer ${name}`, lease, () => attempted(one, deps, context.signal));
    if (leased === undefined)
      throw new ClarionError('upstream-unavailable', `${name} is being read by another process`);
    const { layer, read } = leased.result;
    yield { kind: 'layer.indexed', image: work.image, layer: layer.diffId, read };
  } catch (error) {
    if (!(isAbsent(error) && isForeign(descriptor))) throw error;
    await markAbsent(work, deps.store);
  }
}

/**
 * Reads the layer as one attempt. A layer whose facts were stored is never read again, so its attempt need not be
 * withdrawn.
 */
async function attempted(one: OneLayer, deps: IndexLayerDeps, signal: AbortSignal): Promise<ExtractedLayer> {
  const { image, submission, layer } = one.work;
  const part: PartOfImage = { image, submission, part: `layer ${layer}` };
  await beginAttempt(part, deps.store);
  deps.onBegin?.(part);
  let stored = false;
  try {
    const indexed = await readLeased(one, deps, signal);
    stored = (await deps.store.missing(indexed.layer.diffId, one.detectors)).length === 0;
    return indexed;
  } finally {
    if (!stored) await endAttempt(part, deps.store);
  }
}

async function readLeased(
  { work, record, detectors }: OneLayer,
  deps: IndexLayerDeps,
  signal: AbortSignal,
): Promise<ExtractedLayer> {
  const { layers } = record.image;
  const opened: { image?: OpenedImage } = {};
  const layer = {
    descriptor: layers[work.layer] ?? {},
    identity: recordedIdentity(record, work.layer),
    label: `Layer ${work.layer + 1} of ${layers.length} of ${work.image}`,
    open: async () => {
      opened.image ??= await deps.open(record, signal);
      return opened.image.layer(work.layer, signal);
    },
  };
  const { limits, onBytes } = deps;
  let seen = 0;
  const onProgress = (bytes: number): void => {
    // A layer that is read again starts from zero.
    onBytes?.(bytes < seen ? bytes : bytes - seen);
    seen = bytes;
  };
  const client: DetectorClient = {
    list: () => Promise.resolve(detectors),
    detect: (request) => deps.detectors.detect(request),
  };
  try {
    const extracted = await extractLayer(layer, {
      layers: deps.store,
      detectors: client,
      signal,
      ...(limits === undefined ? {} : { limits }),
      onProgress,
    });
    if (extracted.read) deps.onLayer?.(extracted.layer);
    return extracted;
  } finally {
    await opened.image?.close();
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof ClarionError && (error.code === 'not-found' || error.code === 'unsupported');
}

type ChangesImages = Pick<ImageStore, 'changeImage'>;

async function markAbsent({ image, submission, layer }: EventOf<'work.layer'>, store: ChangesImages): Promise<void> {
  await store.changeImage(image, (known) => {
    const current = known?.submission;
    if (known === undefined || current?.id !== submission || current.absent?.includes(layer) === true) return undefined;
    return { ...known, submission: { ...current, absent: [...(current.absent ?? []), layer].sort((a, b) => a - b) } };
  });
}
