import {
  type DetectorInfo,
  type Digest,
  type EffectiveImage,
  type LayerDescriptor,
  type LayerIndex,
  type NewsEvent,
  type SeverityCounts,
  type Store,
  type StoredImage,
  type Submission,
} from '@clarion/model';
import { assembleImage } from './assemble-image';
import { compositionOf } from './composition';
import { knownDiffId, type KnownLayers } from './extract-layer';
import { isForeign, missingLayer } from './foreign-layer';

export interface CompleteImageDeps {
  readonly store: Pick<
    Store,
    'missing' | 'layer' | 'diffIdOfBlob' | 'image' | 'changeImage' | 'putComposition' | 'putCounts'
  >;
  /** The detectors that every layer must have been read by. */
  readonly detectors: readonly DetectorInfo[];
  /** Counts the vulnerabilities of an image as the feeds are now. */
  readonly count: (image: EffectiveImage) => Promise<SeverityCounts>;
  readonly now: () => Date;
  /** An image was composed, for metrics. */
  readonly onImage?: (image: EffectiveImage) => void;
}

/** Names one submission of an image. */
export interface SubmittedImage {
  readonly image: Digest;
  readonly submission: string;
}

/**
 * Composes a submitted image when all of its layers are known, stores its composition and counts, and marks it indexed.
 * Yields `image.indexed` then, and nothing while a layer is missing or when the submission is not the current one. Two
 * callers at once do the same work twice, and tell the same event.
 */
export async function* completeImage(
  { image, submission }: SubmittedImage,
  deps: CompleteImageDeps,
): AsyncGenerator<NewsEvent> {
  const stored = await deps.store.image(image);
  if (stored?.submission?.id !== submission) return;
  const layers = await allLayers(stored, stored.submission, deps);
  if (layers === undefined) return;
  const effective = assembleImage(stored.image, layers, deps.detectors);
  const composition = compositionOf(effective);
  await deps.store.putComposition(composition, effective.features);
  await deps.store.putCounts(composition.id, await deps.count(effective));
  const indexed = { layers: effective.layers, composition: composition.id };
  const now = await deps.store.changeImage(image, (known) => {
    if (known?.submission?.id !== submission) return undefined;
    return { ...known, ...indexed, submission: indexedSubmission(known.submission, deps) };
  });
  if (now?.submission?.id !== submission) return;
  deps.onImage?.(effective);
  yield { kind: 'image.indexed', image, submission };
}

/** An earlier failure is over. */
function indexedSubmission(
  { id, origin, submittedAt, absent }: Submission,
  { detectors, now }: Pick<CompleteImageDeps, 'detectors' | 'now'>,
): Submission {
  const indexedAt = now().toISOString();
  const done = { id, state: 'indexed', origin, submittedAt, indexedAt, detectors: detectorsKey(detectors) } as const;
  return absent === undefined ? done : { ...done, absent };
}

/** The stored facts of every layer of an image, base first; undefined while one is not known. */
export async function allLayers(
  { image }: Pick<StoredImage, 'image'>,
  { absent = [] }: Pick<Submission, 'absent'>,
  { store, detectors }: Pick<CompleteImageDeps, 'detectors'> & { readonly store: KnownLayers },
): Promise<readonly LayerIndex[] | undefined> {
  // Most calls come before the last layer is there: nothing is loaded for them.
  const known = await allThere(
    image.layers.map(async (descriptor, number): Promise<Digest | LayerIndex | undefined> => {
      return (await knownDiffId(descriptor, detectors, store)) ?? absentLayer(descriptor, number, absent);
    }),
  );
  if (known === undefined) return undefined;
  return allThere(
    known.map((layer) => (typeof layer === 'string' ? store.layer(layer, detectors) : Promise.resolve(layer))),
  );
}

async function allThere<T>(asked: readonly Promise<T | undefined>[]): Promise<readonly T[] | undefined> {
  const there = (await Promise.all(asked)).filter((one) => one !== undefined);
  return there.length === asked.length ? there : undefined;
}

function absentLayer(descriptor: LayerDescriptor, number: number, absent: readonly number[]): LayerIndex | undefined {
  const name = descriptor.diffId ?? descriptor.digest;
  if (name === undefined || !absent.includes(number) || !isForeign(descriptor)) return undefined;
  return missingLayer(name, `Layer ${number + 1} of the image (${name})`);
}

/** What `Submission.detectors` is for these detectors. */
export function detectorsKey(detectors: readonly Pick<DetectorInfo, 'id' | 'version'>[]): string {
  return detectors
    .map(({ id, version }) => `${id}@${version}`)
    .sort()
    .join(' ');
}
