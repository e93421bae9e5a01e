import { allDetectors } from '@clarion/layer-indexing';
import { ClarionError, type DetectorClient, type Digest, type EffectiveImage, isDigest } from '@clarion/model';
import { effectiveImage, firstIndexedAt, indexedImage } from '@clarion/use-cases';
import { openDetectors } from './detectors';
import type { CommandContext } from './command-context';
import type { ImageSettings } from './image-facts';

/** An image that this machine has read before. */
export type IndexedHere = NonNullable<ReturnType<typeof indexedImage>>;

/** What stored images are composed with. */
export type ComposeDeps = Pick<CommandContext, 'store'> & { readonly detectors: DetectorClient };

/** Undefined for an image that this machine has not read. */
export async function indexedHere(
  digest: Digest,
  { store }: Pick<CommandContext, 'store'>,
): Promise<IndexedHere | undefined> {
  const image = await store.image(digest);
  return image && indexedImage(image);
}

/** RFC 3339: when this machine first read an image; undefined where nothing is stored of it. */
export async function firstReadHere(
  { image: { manifestDigest } }: Pick<EffectiveImage, 'image'>,
  context: Pick<CommandContext, 'store'>,
): Promise<string | undefined> {
  const image = manifestDigest === undefined ? undefined : await indexedHere(manifestDigest, context);
  return image && firstIndexedAt(image);
}

const remedy = 'name its archive, or its reference in a registry';

/** Throws `invalid-input` for a part of a digest, and `not-found` for one of an image that this machine has not read. */
export async function requireIndexedHere(text: string, context: Pick<CommandContext, 'store'>): Promise<IndexedHere> {
  const digest = isDigest(text) ? text : undefined;
  if (digest === undefined) {
    throw new ClarionError('invalid-input', `"${text.slice(0, 80)}" is not a whole digest`, {
      remedy: 'write sha256: and 64 hexadecimal digits in lower case',
    });
  }
  const image = await indexedHere(digest, context);
  if (image !== undefined) return image;
  throw new ClarionError('not-found', `This machine has not scanned the image ${digest}`, { remedy });
}

/** The image as it was read, composed from stored facts. Throws `not-found` where its layers are not stored any more. */
export async function composeStored(image: IndexedHere, deps: ComposeDeps): Promise<EffectiveImage> {
  try {
    return await effectiveImage(image, deps);
  } catch (error) {
    if (!(error instanceof ClarionError && error.code === 'not-found')) throw error;
    throw new ClarionError('not-found', error.message, { cause: error, remedy });
  }
}

/**
 * The image of a digest, as it was last read here; asks no registry. It is used then, which is recorded. Throws
 * `invalid-input` and `not-found`.
 */
export async function imageOfDigest(
  digest: string,
  settings: ImageSettings,
  context: CommandContext,
): Promise<EffectiveImage> {
  const known = await requireIndexedHere(digest, context);
  // Detectors that are off today may have read it.
  const detectors = await openDetectors({ ...settings, lockFiles: true });
  try {
    const image = await composeStored(known, { ...context, detectors: detectors.client });
    await warnOfOldReading(known, detectors.client, context);
    await recordUse(known, context);
    return image;
  } finally {
    detectors.close();
  }
}

/** Its layers are not at hand, so detectors that changed since cannot read them. */
async function warnOfOldReading(
  { manifestDigest, submission }: IndexedHere,
  client: DetectorClient,
  { progress }: CommandContext,
): Promise<void> {
  const versions = new Map((await allDetectors(client)).map(({ id, version }) => [id, `${id}@${version}`]));
  const used = (submission.detectors ?? '').split(' ').filter((key) => key !== '');
  const isOld = used.some((key) => (versions.get(key.slice(0, key.lastIndexOf('@'))) ?? key) !== key);
  if (isOld) progress.warn(`${manifestDigest} was read by earlier detectors: to read it again, ${remedy}`);
}

/** `putImage` writes that once a day. */
async function recordUse(
  { manifestDigest, image, layers, scanned, submission }: IndexedHere,
  { store, readOnly }: CommandContext,
): Promise<void> {
  if (readOnly) return;
  const usedAt = new Date().toISOString();
  const { detectors = '', indexedAt: since = usedAt } = submission;
  await store.putImage({ manifestDigest, image, layers, usedAt, scanned: scanned ?? { detectors, since } });
}
