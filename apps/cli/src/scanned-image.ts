import { allDetectors, knownDiffIds } from '@clarion/layer-indexing';
import type { DetectorInfo, Digest, EffectiveImage, Image } from '@clarion/model';
import { buildId } from '@clarion/release';
import { namespaceIds } from '@clarion/reporting';
import { createHash } from 'node:crypto';
import type { CommandContext } from './command-context';
import {
  describeLayers,
  type ImageSettings,
  indexed,
  type OpenedForDetectors,
  readImage,
  rememberUse,
  withOpenedImage,
} from './image-facts';
import { packBehind, partsOf, unpack } from './kept-values';

/** An image that is composed only where it is needed and not kept. */
export interface ScannedImage {
  /** Ids of its namespaces, and those of its packages. */
  readonly namespaces: readonly string[];
  readonly image: () => Promise<EffectiveImage>;
  /** Names everything that the image is composed from. Undefined unless all of that was known before. */
  readonly name?: string;
  /** What is to be kept under that name. */
  readonly unkept?: () => Uint8Array;
}

/** A digest alone, also one that is not whole. */
const bareDigest = /^sha256:[0-9a-f]+$/i;

/**
 * Reads an image like `readImage`, if it is not kept as it is after its top layer. A digest alone is an image that was
 * read before; `not-found` is thrown for any other.
 */
export async function scannedImage(
  reference: string,
  settings: ImageSettings,
  facts: CommandContext,
): Promise<ScannedImage> {
  if (bareDigest.test(reference)) {
    // Other scans do not load it.
    const { imageOfDigest } = await import('./stored-image');
    return composed(await imageOfDigest(reference, settings, facts), undefined);
  }
  const use = async (opened: OpenedForDetectors): Promise<ScannedImage> => {
    const known = await knownImage(opened, facts);
    const kept = known && (await keptImage(known.name, facts));
    if (known === undefined || kept === undefined) return composed(await indexed(opened, facts), known);
    facts.progress.phase('layers', 'bytes').end(describeLayers(known.image, 0));
    const { tag } = opened;
    await rememberUse({ ...known, ...(tag && { tag }) }, facts, known.detectors);
    const { namespaces, packed } = kept;
    const image = async () =>
      (unpack(packed) as EffectiveImage | undefined) ?? (await readImage(reference, settings, facts));
    return { namespaces, image, name: known.name };
  };
  return withOpenedImage(reference, settings, { ...facts, use });
}

/** The image: as it is kept, or composed. */
export async function composedImage(
  reference: string,
  settings: ImageSettings,
  facts: CommandContext,
): Promise<EffectiveImage> {
  return (await scannedImage(reference, settings, facts)).image();
}

/** Keeps an image for the next command, unless it is kept. Never fails: it can be composed again. */
export async function keepImage(
  { name, unkept }: ScannedImage,
  { store }: Pick<CommandContext, 'store'>,
): Promise<void> {
  if (name !== undefined && unkept !== undefined) await store.putResult(name, unkept()).catch(() => undefined);
}

function composed(image: EffectiveImage, known: KnownImage | undefined): ScannedImage {
  const namespaces = namespaceIds(image);
  const scanned = { namespaces, image: () => Promise.resolve(image) };
  return known === undefined ? scanned : { ...scanned, name: known.name, unkept: () => packBehind(namespaces, image) };
}

/** An image whose layers were all read before. */
interface KnownImage {
  readonly image: Image;
  readonly layers: readonly Digest[];
  readonly detectors: readonly DetectorInfo[];
  readonly name: string;
}

async function knownImage(
  { opened, client }: OpenedForDetectors,
  { store }: CommandContext,
): Promise<KnownImage | undefined> {
  const { image } = opened;
  if (buildId === undefined) return undefined;
  const layers = await knownDiffIds(opened, store);
  if (layers === undefined) return undefined;
  const detectors = await allDetectors(client);
  // The use of an image without a digest is not recorded: once a day its layers are read, so that they are not pruned.
  const day = image.manifestDigest === undefined ? new Date().toISOString().slice(0, 10) : undefined;
  const facts = JSON.stringify([buildId, image, layers, detectors, day]);
  return { image, layers, detectors, name: createHash('sha256').update(facts).digest('base64url') };
}

async function keptImage(name: string, { store }: CommandContext) {
  const bytes = await store.result(name);
  const [namespaces, packed] = (bytes && partsOf(bytes)) ?? [];
  if (packed === undefined || !Array.isArray(namespaces)) return undefined;
  return { namespaces: namespaces as readonly string[], packed };
}
