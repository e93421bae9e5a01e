import { allDetectors, detectorsKey, indexImage, type IndexEvent } from '@clarion/layer-indexing';
import { openImage } from '@clarion/layer-sources';
import {
  ClarionError,
  type DetectorClient,
  type DetectorInfo,
  type Digest,
  type EffectiveImage,
  formatTag,
  type Image,
  type OpenedImage,
  type Platform,
  type TagName,
  type TagStore,
} from '@clarion/model';
import { userAgent } from '@clarion/release';
import { type DetectorChoice, openDetectors } from './detectors';
import type { CommandContext } from './command-context';
import type { Progress } from './progress';
import type { CommonSettings } from './settings';
import { expectShortRun } from './short-run';
import { tagNamed } from './tag-named';

/** Options that select the image to read. */
export interface ImageSettings extends CommonSettings, DetectorChoice {
  readonly platform?: string;
  readonly image?: string;
  readonly insecureRegistry?: boolean;
  /** Whether references are looked up in the container engines of this machine first. */
  readonly local?: boolean;
  readonly output?: string;
}

/** Parses `linux/arm64/v8`. Throws `invalid-input`. */
export function parsePlatform(text: string): Platform {
  const [os, architecture, variant, ...rest] = text.split('/');
  if (!os || !architecture || variant === '' || rest.length > 0) {
    throw new ClarionError('invalid-input', `"${text}" is not a platform`, {
      remedy: 'write for example linux/arm64 or linux/arm/v7',
    });
  }
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** Reads an image, skipping every known layer, and stores its facts. */
export function readImage(reference: string, settings: ImageSettings, facts: CommandContext): Promise<EffectiveImage> {
  return withOpenedImage(reference, settings, { ...facts, use: (opened) => indexed(opened, facts) });
}

/** An image that was opened, and the detectors for it. */
export interface OpenedForDetectors {
  readonly opened: OpenedImage;
  readonly client: DetectorClient;
  /** The tag by which it was named. */
  readonly tag?: TagName;
}

/** Opens an image and its detectors, and closes both at the end. */
export async function withOpenedImage<T>(
  reference: string,
  settings: ImageSettings,
  { signal, use }: Pick<CommandContext, 'signal'> & { readonly use: (opened: OpenedForDetectors) => Promise<T> },
): Promise<T> {
  const { platform, image: imageName, insecureRegistry, local } = settings;
  const opened = await openImage(reference, {
    signal,
    userAgent,
    ...(platform === undefined ? {} : { platform: parsePlatform(platform) }),
    ...(imageName === undefined ? {} : { imageName }),
    ...(insecureRegistry === undefined ? {} : { insecure: insecureRegistry }),
    ...(local === undefined ? {} : { local }),
  });
  const { lockFiles = opened.isSourceTree === true } = settings;
  const detectors = await openDetectors({ ...settings, lockFiles });
  try {
    expectShortRun();
    const tag = tagNamed(reference);
    return await use({ opened, client: detectors.client, ...(tag && { tag }) });
  } finally {
    detectors.close();
    await opened.close();
  }
}

/** Reads the unknown layers of an image, composes it, and records its use. */
export async function indexed(
  { opened, client, tag }: OpenedForDetectors,
  facts: CommandContext,
): Promise<EffectiveImage> {
  const { store, progress, signal } = facts;
  const deps = { layers: store, detectors: client, signal };
  const image = await followed(indexImage(opened, deps), opened.image, progress);
  await rememberUse({ ...image, ...(tag && { tag }) }, facts, await allDetectors(client));
  return image;
}

/**
 * Records the use of an image, once a day for the same detectors and name: other scans of a known image write nothing.
 * What a tag names is recorded when that changes.
 */
export async function rememberUse(
  { image, layers, tag }: Pick<EffectiveImage, 'image' | 'layers'> & Pick<OpenedForDetectors, 'tag'>,
  { store, readOnly }: Pick<CommandContext, 'store' | 'readOnly'>,
  used: readonly DetectorInfo[],
): Promise<void> {
  const { manifestDigest } = image;
  if (manifestDigest === undefined || readOnly) return;
  const now = new Date().toISOString();
  const detectors = detectorsKey(used);
  const known = await store.image(manifestDigest);
  const isSame = known?.scanned?.detectors === detectors && known.image.reference === image.reference;
  if (tag !== undefined) await moveTag(tag, manifestDigest, store);
  if ((known?.submission !== undefined || isSame) && known.usedAt.startsWith(now.slice(0, 10))) return;
  await store.putImage({ manifestDigest, image, layers, usedAt: now, scanned: { detectors, since: now } });
}

async function moveTag(tag: TagName, digest: Digest, store: TagStore): Promise<void> {
  const known = (await store.tags([tag])).get(formatTag(tag));
  if (known?.image === digest) return;
  await store.moveTag(tag, digest, { at: new Date().toISOString(), moves: known?.moves ?? 0 });
}

/** The result of the phase `layers`. */
export function describeLayers({ layers }: Image, read: number): string {
  return `${layers.length} of ${layers.length}, ${read} read and ${layers.length - read} known`;
}

/** Shows the bytes of layers of known size while they are read. */
async function followed(events: AsyncIterable<IndexEvent>, image: Image, progress: Progress): Promise<EffectiveImage> {
  const phase = progress.phase('layers', 'bytes');
  // Archives do not state the sizes of their layers; a partial total would mislead.
  const sizes = image.layers.map((layer) => layer.size);
  const total = sizes.includes(undefined) ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const bytes = image.layers.map(() => 0);
  let read = 0;
  for await (const event of events) {
    if (event.kind === 'image.assembled') {
      phase.end(describeLayers(image, read));
      return event.image;
    }
    if (event.kind === 'layer.progress') bytes[event.layer] = event.bytes;
    if (event.kind === 'layer.done') {
      bytes[event.layer] = image.layers[event.layer]?.size ?? bytes[event.layer] ?? 0;
      if (event.read) read += 1;
    }
    const done = bytes.reduce((sum, value) => sum + value, 0);
    phase.advance(done, total === undefined ? undefined : Math.max(total, done));
  }
  throw new ClarionError('invalid-input', `The image ${image.reference} could not be read to its end`);
}
