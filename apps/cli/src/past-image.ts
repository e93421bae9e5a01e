import { ClarionError, type Digest, type EffectiveImage, formatPlatform, isDigest } from '@clarion/model';
import { firstIndexedAt, imageAt, type ImagePast, pastOfImage, periodOfTag } from '@clarion/use-cases';
import { openDetectors } from './detectors';
import type { CommandContext } from './command-context';
import { type ImageSettings, parsePlatform } from './image-facts';
import { composedImage } from './scanned-image';
import { type ComposeDeps, composeStored, type IndexedHere, indexedHere, requireIndexedHere } from './stored-image';
import { tagNamed } from './tag-named';

/** An image as each of its detectors found it, oldest first; the last one is what is known now. */
export interface PastImage {
  readonly past: readonly ImagePast[];
  /** RFC 3339: when it was first read here; null for an image without a digest, of which nothing is stored. */
  readonly indexedAt: string | null;
}

/** `at` (RFC 3339): a name means what it named then. */
type Asked = ImageSettings & { readonly at?: string };

/**
 * What this machine knows of an image at all times. A digest, or a name that was scanned here before, means what is
 * stored; any other image is read as it is now, with a warning. Throws `not-found` where its layers are not stored any
 * more.
 */
export function pastImage(reference: string, settings: Asked, context: CommandContext): Promise<PastImage> {
  return ofStored<PastImage>(reference, settings, {
    context,
    stored: async (image, deps) => ({ past: await pastOfImage(image, deps), indexedAt: firstIndexedAt(image) ?? null }),
    read: (subject) => ({ past: [{ subject }], indexedAt: null }),
  });
}

/** An image as the detectors of a time found it; a name means what it named then. */
export function imageThen(
  reference: string,
  settings: Required<Pick<Asked, 'at'>> & ImageSettings,
  context: CommandContext,
): Promise<EffectiveImage> {
  return ofStored(reference, settings, {
    context,
    stored: (image, deps) => composeStored(imageAt(image, settings.at), deps),
    read: (image) => image,
  });
}

interface Uses<T> {
  readonly context: CommandContext;
  readonly stored: (image: IndexedHere, deps: ComposeDeps) => Promise<T>;
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
    if (known !== undefined) return await stored(known, deps);
    const image = await composedImage(reference, settings, context);
    const { manifestDigest } = image.image;
    const indexed = manifestDigest === undefined ? undefined : await indexedHere(manifestDigest, context);
    warnOfToday(reference, settings.at, { indexed, progress });
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

/** A file, directory or name that was read now may have been something else before: that is never shown as the past. */
function warnOfToday(
  reference: string,
  at: string | undefined,
  { indexed, progress }: Pick<CommandContext, 'progress'> & { readonly indexed: IndexedHere | undefined },
): void {
  const first = indexed && firstIndexedAt(indexed);
  if (first !== undefined && (at === undefined || first <= at)) return;
  const since = first === undefined ? '' : `: this image was first scanned here at ${first}`;
  const then = at === undefined ? 'before' : `at ${at}`;
  progress.warn(`what is in ${reference} is that of now; what was in it ${then} is not known here${since}`);
}

/** The image that a digest or a name of a registry means, if this machine has read it before. */
async function storedImage(
  reference: string,
  { at, platform }: Asked,
  context: CommandContext,
): Promise<IndexedHere | undefined> {
  const isBare = isDigest(reference);
  const named = isBare ? { digest: reference } : await namedImage(reference, at, context);
  if (named === undefined) return undefined;
  const image = isBare ? await requireIndexedHere(reference, context) : await indexedHere(named.digest, context);
  const wanted = platform === undefined ? image?.image.platform : parsePlatform(platform);
  if (image !== undefined && wanted && formatPlatform(wanted) === formatPlatform(image.image.platform)) {
    for (const line of describeStored(reference, { image, at, ...named })) context.progress.warn(line);
    return image;
  }
  if (!isBare) return undefined;
  throw new ClarionError('not-found', `The image ${reference} is for another platform`, {
    remedy: 'leave out --platform',
  });
}

interface NamedImage {
  readonly digest: Digest;
  /** RFC 3339: since when the tag named it. */
  readonly from?: string;
}

/** Says which image a name means, and where what is known of it is later than what was asked for. */
function describeStored(
  reference: string,
  { image, at, digest, from }: NamedImage & { readonly image: IndexedHere; readonly at: string | undefined },
): readonly string[] {
  const first = firstIndexedAt(image);
  const lines: string[] = [];
  if (from !== undefined && at !== undefined && from > at) {
    lines.push(`what ${reference} named at ${at} is not known here: ${digest} is used, which it named at ${from}`);
  } else if (from !== undefined) {
    lines.push(
      at === undefined
        ? `${reference} is ${digest}, as it was scanned here before`
        : `${reference} was ${digest} at ${at}`,
    );
  }
  if (at === undefined || first === undefined || first <= at) return lines;
  return [...lines, `${digest} was first scanned here at ${first}: what is in it is what was found then`];
}

async function namedImage(
  reference: string,
  at: string | undefined,
  { store }: Pick<CommandContext, 'store'>,
): Promise<NamedImage | undefined> {
  const digest = reference.slice(reference.lastIndexOf('@') + 1);
  if (isDigest(digest)) return { digest };
  const tag = tagNamed(reference);
  const period = tag && (await periodOfTag(tag, at, { store }));
  return period && { digest: period.image, from: period.from };
}
