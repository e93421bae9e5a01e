import { allDetectors, allLayers, assembleImage } from '@clarion/layer-indexing';
import {
  ClarionError,
  type DetectorInfo,
  type Digest,
  type EffectiveImage,
  type LayerIndex,
  severities,
} from '@clarion/model';
import type { UseCaseContext } from './context';
import { requireImage } from './image-view';
import { PreconditionError } from './precondition-error';
import type { SubmittedImage } from './use-cases';

type Reads = Pick<UseCaseContext, 'store' | 'detectors'>;

const askAgainSeconds = 5;

/** Throws `not-found`, and `PreconditionError` `not-indexed` for an image that is queued, being indexed, or failed. */
export async function requireIndexed(
  digest: Digest,
  { store }: Pick<UseCaseContext, 'store'>,
): Promise<SubmittedImage> {
  const image = await requireImage(digest, store);
  const { state, failure } = image.submission;
  if (state === 'indexed') return image;
  const why = failure === undefined ? `is ${state}` : `could not be indexed: ${failure.message}`;
  throw new PreconditionError('not-indexed', `The image ${digest} ${why}`, askAgainSeconds);
}

/** Images with more packages are composed in a separate process: in this one that would take tens of milliseconds. */
const mostPackagesHere = 5000;
/** Bytes of facts that are read in this process: those of twice as many packages. */
const mostBytesHere = 1024 ** 2;
/** Steps of composing an image that run in this process: some 20 ms. */
const mostStepsHere = 40_000;

/**
 * Whether composing an image takes long. The packages that remain show only part of the cost: facts that later layers
 * replace have to be read as well.
 */
export async function isLarge(image: SubmittedImage, context: Reads): Promise<boolean> {
  const { store } = context;
  const composition = image.composition === undefined ? undefined : await store.composition(image.composition);
  if ((composition?.packages ?? 0) > mostPackagesHere || (image.composingSteps ?? 0) > mostStepsHere) return true;
  const used = await detectorsOf(image, context);
  let bytes = 0;
  for (const diffId of new Set(image.layers)) {
    bytes += await store.layerBytes(diffId, used);
    if (bytes > mostBytesHere) return true;
  }
  return false;
}

/** The limit for findings in this process: tens of milliseconds, and some megabytes that a slow reader may hold. */
export const mostFindingsHere = 5000;

/** Whether an image has many findings, as far as is known before a report is made. */
export async function hasManyFindings(
  { composition: id }: Pick<SubmittedImage, 'composition'>,
  store: Pick<UseCaseContext['store'], 'counts'>,
): Promise<boolean> {
  if (id === undefined) return false;
  const counts = (await store.counts([id])).get(id);
  if (counts === undefined) return false;
  return counts === null || severities.reduce((sum, severity) => sum + counts[severity], 0) > mostFindingsHere;
}

/** The detectors that an image was indexed with. */
export async function detectorsOf(
  image: SubmittedImage,
  { detectors }: Pick<Reads, 'detectors'>,
): Promise<readonly DetectorInfo[]> {
  const indexedWith = new Map(
    (image.submission.detectors ?? '').split(' ').map((key) => {
      const at = key.lastIndexOf('@');
      return [key.slice(0, at), Number(key.slice(at + 1))] as const;
    }),
  );
  // Of a detector whose version was raised since, only the older results exist until the image is submitted again.
  return (await allDetectors(detectors)).flatMap((info) => {
    const version = indexedWith.get(info.id);
    return version === undefined ? [] : [{ ...info, version }];
  });
}

/** The facts of the layers of an indexed image, base first, from the detectors that it was indexed with. */
export async function layersOf(
  image: SubmittedImage,
  { store, detectors }: Reads,
): Promise<{ readonly layers: readonly LayerIndex[]; readonly detectors: readonly DetectorInfo[] }> {
  const used = await detectorsOf(image, { detectors });
  const layers = await allLayers(image, { store, detectors: used });
  if (layers !== undefined) return { layers, detectors: used };
  throw new ClarionError('not-found', `The layers of ${image.manifestDigest} are not stored any more`, {
    remedy: 'submit the image again',
  });
}

/** The image as it is after its top layer, composed from stored facts. Opens no layer. */
export async function effectiveImage(image: SubmittedImage, context: Reads): Promise<EffectiveImage> {
  const { layers, detectors } = await layersOf(image, context);
  return assembleImage(image.image, layers, detectors);
}
