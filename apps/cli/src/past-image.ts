import {
  ClarionError,
  type DetectorClient,
  type Digest,
  type EffectiveImage,
  formatPlatform,
  isDigest,
} from '@clarion/model';
import {
  effectiveImage,
  firstIndexedAt,
  imageAt,
  imageOfTag,
  indexedImage,
  type ImagePast,
  pastOfImage,
} from '@clarion/use-cases';
import { openDetectors } from './detectors';
import type { CommandContext } from './command-context';
import { type ImageSettings, parsePlatform } from './image-facts';
import { composedImage } from './scanned-image';
import { tagNamed } from './tag-named';

/** An image as each of its detectors found it, oldest first; the last one is what is known now. */
export interface PastImage {
  readonly past: readonly ImagePast[];
  /** RFC 3339: when it was first read here; null for an image without a digest, of which nothing is stored. */
  readonly indexedAt: string | null;
}

type Indexed = NonNullable<ReturnType<typeof indexedImage>>;
type Deps = Pick<CommandContext, 'store'> & { readonly detectors: DetectorClient };
type Asked = ImageSettings & { readonly at?: string };

/**
 * What this machine knows of an image at all times. A digest, or a name that was scanned here before, means what is
 * stored; any other image is read. Throws `not-found` where its layers are not stored any more.
 */
export function pastImage(reference: string, settings: ImageSettings, context: CommandContext): Promise<PastImage> {
  return ofStored<PastImage>(reference, settings, {
    context,
    stored: async (image, deps) => ({ past: await pastOfImage(image, deps), indexedAt: firstIndexedAt(image) ?? null }),
    read: (subject) => ({ past: [{ subject }], indexedAt: null }),
  });
}

/** An image as the detectors of a time (RFC 3339) found it; a name means what it named then. */
export function imageThen(
  reference: string,
  settings: Required<Pick<Asked, 'at'>> & ImageSettings,
  context: CommandContext,
): Promise<EffectiveImage> {
  return ofStored(reference, settings, {
    context,
    stored: (image, deps) => effectiveImage(imageAt(image, settings.at), deps),
    read: (image) => image,
  });
}

/** RFC 3339: when this machine first read an image; undefined where nothing is stored of it. */
export async function firstReadHere(
  { image: { manifestDigest } }: Pick<EffectiveImage, 'image'>,
  context: Pick<CommandContext, 'store'>,
): Promise<string | undefined> {
  const image = manifestDigest === undefined ? undefined : await indexedHere(manifestDigest, context);
  return image && firstIndexedAt(image);
}

interface Uses<T> {
  readonly context: CommandContext;
  readonly stored: (image: Indexed, deps: Deps) => Promise<T>;
  /** For an image of which nothing is stored. */
  readonly read: (image: EffectiveImage) => T;
}

async function ofStored<T>(reference: string, settings: Asked, { context, stored, read }: Uses<T>): Promise<T> {
  const { store, progress } = context;
  const known = await storedImage(reference, settings, context);
  // Detectors that are off today may have read it before.
  const detectors = await openDetectors({ ...settings, lockFiles: true });
  try {
    const deps = { store, detectors: detectors.client };
    if (known !== undefined) {
      if (reference !== known.manifestDigest)
        progress.warn(`${reference} is ${known.manifestDigest}, as it was scanned here before`);
      return await stored(known, deps);
    }
    const image = await composedImage(reference, settings, context);
    const { manifestDigest } = image.image;
    const indexed = manifestDigest === undefined ? undefined : await indexedHere(manifestDigest, context);
    if (indexed === undefined) return read(image);
    try {
      return await stored(indexed, deps);
    } catch (error) {
      if (!(error instanceof ClarionError && error.code === 'not-found')) throw error;
      progress.warn('what other detectors found before is not stored any more: it counts as they find it now');
      return read(image);
    }
  } finally {
    detectors.close();
  }
}

/** The image that a digest or a name of a registry means, if this machine has read it before. */
async function storedImage(
  reference: string,
  { at, platform }: Asked,
  { store }: CommandContext,
): Promise<Indexed | undefined> {
  const digest = (await namedDigest(reference, at, { store })) ?? '';
  const image = digest === '' ? undefined : await indexedHere(digest, { store });
  const wanted = platform === undefined ? image?.image.platform : parsePlatform(platform);
  if (image !== undefined && wanted && formatPlatform(wanted) === formatPlatform(image.image.platform)) return image;
  if (!isDigest(reference)) return undefined;
  throw new ClarionError('not-found', `This machine has not scanned the image ${reference}`, {
    remedy: 'name its archive, or its reference in a registry',
  });
}

async function namedDigest(
  reference: string,
  at: string | undefined,
  { store }: Pick<CommandContext, 'store'>,
): Promise<Digest | undefined> {
  const digest = reference.slice(reference.lastIndexOf('@') + 1);
  if (isDigest(digest)) return digest;
  const tag = tagNamed(reference);
  if (tag === undefined) return undefined;
  try {
    return await imageOfTag(tag, at, { store });
  } catch (error) {
    if (error instanceof ClarionError && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function indexedHere(digest: Digest, { store }: Pick<CommandContext, 'store'>): Promise<Indexed | undefined> {
  const image = await store.image(digest);
  return image && indexedImage(image);
}
