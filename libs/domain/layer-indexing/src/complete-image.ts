import {
  type DeadlineStore,
  type CompositionCounts,
  type DetectorInfo,
  type Digest,
  ecosystemsNotRead,
  endedEarlier,
  type EffectiveImage,
  type ImageComposition,
  type FeedStore,
  isGap,
  type LayerDescriptor,
  type LayerIndex,
  type DomainEvent,
  type NotRead,
  type StoredImage,
  type Submission,
  type CompositionStore,
  type ImageStore,
  type LayerStore,
  type LeaseStore,
  type SeenFileStore,
} from '@clarion/model';
import { withLease } from '@clarion/leases';
import { measuredAssembly } from './assemble-image';
import { beginAttempt, endAttempt, type PartOfImage } from './attempts';
import { compositionOf } from './composition';
import { isForeign, missingLayer } from './foreign-layer';
import { boundedLayers } from './bounded-layers';
import { knownDiffId, type KnownLayers, recordedIdentity } from './known-layer';
import type { RememberedViews } from './remembered-views';
import type { SubmissionKey } from './submission-key';
import { withoutCredentials } from './without-credentials';

export interface CompleteImageDeps {
  readonly store: Pick<LayerStore, 'missing' | 'layer' | 'diffIdOfBlob'> &
    Pick<SeenFileStore, 'seenFile'> &
    Pick<ImageStore, 'image' | 'changeImage'> &
    Pick<CompositionStore, 'putComposition' | 'putCounts'> &
    Pick<DeadlineStore, 'planDeadlineChecks'> &
    Pick<FeedStore, 'feedStates'> &
    LeaseStore;
  /** Where the facts of layers are loaded from; the store unless given. */
  readonly layers?: Pick<LayerStore, 'layer'>;
  /** Remembers what images have in common; where `layers` remembers layers. */
  readonly views?: RememberedViews;
  /** The detectors that every layer must have been read by. */
  readonly detectors: readonly DetectorInfo[];
  /**
   * Counts the vulnerabilities of an image with the current feeds; undefined while feeds that it needs were never
   * loaded.
   */
  readonly count: (image: EffectiveImage) => Promise<CompositionCounts | null | undefined>;
  readonly now: () => Date;
  /** Identifies this process among those that compose images. */
  readonly owner: string;
  /** How long the lease of a dead process lasts; 30 s unless given. */
  readonly leaseMillis?: number;
  /** Aborts waiting for another process. */
  readonly signal?: AbortSignal;
  /** As in `indexLayer`. */
  readonly onBegin?: (part: PartOfImage) => void;
  /** Called when an image was composed, for metrics. */
  readonly onImage?: (image: EffectiveImage) => void;
}

/**
 * Composes a submitted image when all of its layers are known, stores its composition and counts, and marks it
 * indexed. Then yields `image.indexed`; yields nothing while a layer is missing, when the submission is not the
 * current one, or when another process was faster. Throws `limit-exceeded` when composing it has ended too many
 * processes.
 */
export async function* completeImage(of: SubmissionKey, deps: CompleteImageDeps): AsyncGenerator<DomainEvent> {
  if ((await unfinished(of, deps)) === undefined) return;
  // One at a time: concurrent starts of other processes must not count as failed attempts.
  const lease = { ...deps, waitMillis: Number.POSITIVE_INFINITY };
  const leased = await withLease(`image ${of.image}`, lease, async () => {
    const found = await unfinished(of, deps);
    return found !== undefined && (await attempted(of, found, deps));
  });
  if (leased?.result === true) yield { kind: 'image.indexed', ...of };
}

/** The part of the store that shows which layers of an image are known. */
export type KnownInStore = Pick<ImageStore, 'image'> & KnownLayers;

interface UnfinishedImage {
  readonly stored: StoredImage;
  readonly known: readonly KnownLayer[];
}

/** The image, if this submission still waits for composing and is ready for it. */
async function unfinished(
  of: SubmissionKey,
  deps: Pick<CompleteImageDeps, 'detectors'> & { readonly store: KnownInStore },
): Promise<UnfinishedImage | undefined> {
  const stored = await deps.store.image(of.image);
  const submission = stored?.submission;
  if (stored === undefined || submission?.id !== of.submission || submission.state === 'indexed') return undefined;
  const known = await allKnown({ ...stored, submission }, deps);
  return known === undefined ? undefined : { stored, known };
}

async function attempted(of: SubmissionKey, found: UnfinishedImage, deps: CompleteImageDeps): Promise<boolean> {
  const part: PartOfImage = { ...of, part: 'composition' };
  await beginAttempt(part, deps.store);
  deps.onBegin?.(part);
  let composed = false;
  try {
    composed = await compose(of, found, deps);
  } finally {
    // An indexed image has no attempts.
    if (!composed) await endAttempt(part, deps.store);
  }
  return composed;
}

async function compose(of: SubmissionKey, found: UnfinishedImage, deps: CompleteImageDeps): Promise<boolean> {
  const composed = await composedImage(found, deps);
  return composed !== undefined && (await storeComposed(of, composed, deps));
}

/** A composed image that is not stored yet. */
interface ComposedImage {
  readonly effective: EffectiveImage;
  readonly steps: number;
  readonly composition: ImageComposition;
}

async function composedImage(
  { stored, known }: UnfinishedImage,
  deps: CompleteImageDeps,
): Promise<ComposedImage | undefined> {
  const layers = await loaded(known, { detectors: deps.detectors, store: deps.layers ?? deps.store });
  if (layers === undefined) return undefined;
  const { effective, steps } = measuredAssembly(stored.image, layers, deps);
  return { effective, steps, composition: compositionOf(effective) };
}

/** Resolves to whether the submission was still the current one. */
async function storeComposed(
  { image, submission }: SubmissionKey,
  { effective, steps, composition }: ComposedImage,
  deps: CompleteImageDeps,
): Promise<boolean> {
  await deps.store.putComposition(composition, effective.features);
  const facts = await factsVersion(deps.store);
  await putCounts(composition.id, effective, deps);
  const indexed = {
    ...{ layers: effective.layers, composition: composition.id, composingSteps: steps },
    ...notReadOf(effective),
  };
  // Together with the image: what is checked is the hour before, so that the image is there when its plan is read.
  const planned = deps.store.planDeadlineChecks([composition.id], deps.now().toISOString());
  const changed = deps.store.changeImage(image, (current) => {
    if (current?.submission?.id !== submission) return undefined;
    const { notRead: _, earlier, ...kept } = current;
    const done = indexedSubmission(current.submission, deps);
    const before = earlier === undefined ? {} : { earlier: endedEarlier(earlier, done.indexedAt) };
    return { ...kept, ...indexed, ...before, submission: done };
  });
  const [now] = await Promise.all([changed, planned]);
  if (now?.submission?.id !== submission) return false;
  // Facts that changed meanwhile were counted in all images that were visible then, and this one was not.
  if ((await factsVersion(deps.store)) !== facts) await putCounts(composition.id, effective, deps);
  deps.onImage?.(effective);
  return true;
}

async function putCounts(composition: string, image: EffectiveImage, deps: CompleteImageDeps): Promise<void> {
  const counts = await deps.count(image);
  if (counts !== undefined) await deps.store.putCounts(composition, counts);
}

async function factsVersion(store: Pick<FeedStore, 'feedStates'>): Promise<string> {
  return JSON.stringify((await store.feedStates()).map(({ feed, lastChange }) => [feed, lastChange]));
}

/** Packages of images that wait in memory to be stored together. */
const featuresTogether = 20_000;

/**
 * Composes several images, one after the other, and stores them together: writes that are begun together cost a store
 * hardly more than one of them. Yields `image.indexed` for each. Counts no attempts, so that an image which yields
 * nothing has to be completed alone, and so has each of them when the process ends.
 */
export async function* completeTogether(
  images: readonly SubmissionKey[],
  deps: CompleteImageDeps,
): AsyncGenerator<DomainEvent> {
  let waiting: (readonly [of: SubmissionKey, composed: ComposedImage])[] = [];
  let features = 0;
  for (const [number, of] of images.entries()) {
    // Whatever the error is, it comes again when the image is completed alone, and is recorded there.
    const composed = await ready(of, deps).catch(() => undefined);
    if (composed !== undefined) waiting.push([of, composed]);
    features += composed?.effective.features.length ?? 0;
    if (features < featuresTogether && number < images.length - 1) continue;
    const stored = await Promise.allSettled(waiting.map(([key, one]) => storeComposed(key, one, deps)));
    for (const [index, result] of stored.entries()) {
      const key = waiting[index]?.[0];
      if (key !== undefined && result.status === 'fulfilled' && result.value) yield { kind: 'image.indexed', ...key };
    }
    [waiting, features] = [[], 0];
  }
}

async function ready(of: SubmissionKey, deps: CompleteImageDeps): Promise<ComposedImage | undefined> {
  const found = await unfinished(of, deps);
  return found === undefined ? undefined : composedImage(found, deps);
}

/** Whether this submission still waits for composing, and all of its layers are known. */
export async function isComplete(
  of: SubmissionKey,
  deps: Pick<CompleteImageDeps, 'detectors'> & { readonly store: KnownInStore },
): Promise<boolean> {
  return (await unfinished(of, deps)) !== undefined;
}

function notReadOf(image: EffectiveImage): { readonly notRead?: NotRead } {
  const problems = image.problems.filter(isGap).length;
  const ecosystems = ecosystemsNotRead(image).map(({ id }) => id);
  if (problems + ecosystems.length === 0) return {};
  return { notRead: { ...(problems > 0 && { problems }), ...(ecosystems.length > 0 && { ecosystems }) } };
}

/** Clears an earlier failure. */
function indexedSubmission(
  { id, origin, submittedAt, absent }: Submission,
  { detectors, now }: Pick<CompleteImageDeps, 'detectors' | 'now'>,
): Submission & { readonly indexedAt: string } {
  const indexedAt = now().toISOString();
  const done = {
    id,
    state: 'indexed',
    origin: withoutCredentials(origin),
    submittedAt,
    indexedAt,
    detectors: detectorsKey(detectors),
  } as const;
  return absent === undefined ? done : { ...done, absent };
}

/** The stored facts of every layer of an image, base first; undefined while one is not known. */
export async function allLayers(record: SubmittedFacts, deps: LayersDeps): Promise<readonly LayerIndex[] | undefined> {
  const known = await allKnown(record, deps);
  return known === undefined ? undefined : loaded(known, deps);
}

/** The record of a submitted image. */
type SubmittedFacts = Pick<StoredImage, 'image' | 'layers'> & { readonly submission: Submission };
type LayersDeps = Pick<CompleteImageDeps, 'detectors'> & { readonly store: KnownLayers };
/** The diffID of stored facts, or the facts of a layer that no registry has. */
type KnownLayer = Digest | LayerIndex;

/** Most calls come before the last layer is known: they load nothing. */
async function allKnown(
  record: SubmittedFacts,
  { store, detectors }: LayersDeps,
): Promise<readonly KnownLayer[] | undefined> {
  const { absent = [] } = record.submission;
  return allThere(
    record.image.layers.map(async (descriptor, number): Promise<KnownLayer | undefined> => {
      const identity = recordedIdentity(record, number);
      return (await knownDiffId({ descriptor, identity }, detectors, store)) ?? absentLayer(descriptor, number, absent);
    }),
  );
}

async function loaded(
  known: readonly KnownLayer[],
  { store, detectors }: Pick<LayersDeps, 'detectors'> & { readonly store: Pick<LayerStore, 'layer'> },
): Promise<readonly LayerIndex[] | undefined> {
  const bounded = boundedLayers((diffId) => store.layer(diffId, detectors));
  return bounded.inOrder(known);
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

/** The value of `Submission.detectors` for these detectors. */
export function detectorsKey(detectors: readonly Pick<DetectorInfo, 'id' | 'version'>[]): string {
  return detectors
    .map(({ id, version }) => `${id}@${version}`)
    .sort()
    .join(' ');
}
