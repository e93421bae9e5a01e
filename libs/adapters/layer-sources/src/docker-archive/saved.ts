import { ClarionError, type Digest, type Image, type OpenedImage, type OpenOptions } from '@clarion/model';
import { describedByConfig, requireEqualCounts } from '../blob-image';
import { sha256Of, verifyDigest } from '../digests';
import { identityOf } from '../files';
import { listMember, parseDocument, textMember } from '../json';
import { atMost, describeLimits } from '../limits';
import { parseImageConfig, type ImageConfig } from '../manifest';
import { ambiguousImage, selectByName } from '../named-images';
import { fitsPlatform, platformMissing } from '../platform-choice';
import { sameImageName } from '../reference';
import type { TarArchive } from '../tar-archive';

interface SavedImage {
  readonly names: readonly string[];
  readonly config: string;
  readonly layers: readonly string[];
}

function texts(values: readonly unknown[]): readonly string[] {
  return values.filter((value): value is string => typeof value === 'string');
}

function parseManifestJson(bytes: Uint8Array, label: string): readonly SavedImage[] {
  const list = parseDocument(bytes, `manifest.json of ${label}`, { Config: {}, Layers: {}, RepoTags: {} });
  if (!Array.isArray(list)) throw new ClarionError('corrupt-data', `manifest.json of ${label} is not a list of images`);
  atMost(list.length, describeLimits.indexEntries, `Images in ${label}`);
  return list.map((entry: unknown) => {
    const config = textMember(entry, 'Config');
    if (config === undefined) throw new ClarionError('corrupt-data', `An image in ${label} has no configuration`);
    const layers = texts(listMember(entry, 'Layers'));
    atMost(layers.length, describeLimits.layers, `Layers of an image in ${label}`);
    const tags = texts(listMember(entry, 'RepoTags'));
    return { names: tags.length > 0 ? tags : [configDigest(config) ?? config], config, layers };
  });
}

/** The digest that the name of a configuration member states: `<hex>.json` or `blobs/sha256/<hex>`. */
function configDigest(name: string): Digest | undefined {
  const hex = /(?:^|\/)([0-9a-f]{64})(?:\.json)?$/.exec(name)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

/** Opens an image of a `docker save` archive of format 1.1 or later (manifest.json). */
export async function openSavedArchive(archive: TarArchive, options: OpenOptions): Promise<OpenedImage> {
  const { label } = archive;
  const images = parseManifestJson(await archive.read('manifest.json', describeLimits.manifestBytes), label);
  const { image, digest, config } = await chooseImage(archive, images, options);
  const platform = config.platform ?? options.platform ?? { os: 'linux', architecture: 'unknown' };
  requireEqualCounts(image.layers.length, config.diffIds.length, label);
  requireLayers(archive, image.layers);
  const described: Image = {
    reference: label,
    manifestDigest: digest,
    platform,
    layers: image.layers.map((_, index) => describedByConfig(config, index)),
  };
  return openedFrom(archive, described, image.layers);
}

interface ReadImage {
  readonly image: SavedImage;
  /** The digest of its configuration, which identifies it. */
  readonly digest: Digest;
  readonly config: ImageConfig;
}

/** The image with the requested name and platform. A name of several images is rejected (`ambiguousImage`). */
async function chooseImage(
  archive: TarArchive,
  images: readonly SavedImage[],
  { imageName: name, platform: requested }: OpenOptions,
): Promise<ReadImage> {
  const { label } = archive;
  const named = selectByName(name === undefined ? images : images.map((image) => withDigest(image, name)), {
    label,
    name,
  });
  const found = await readImages(archive, named);
  const fitting = found.filter(
    ({ config: { platform } }) =>
      requested === undefined || platform === undefined || fitsPlatform(platform, requested),
  );
  const [chosen] = fitting;
  if (chosen !== undefined && fitting.length === 1) return chosen;
  if (chosen !== undefined) {
    const shared = `named ${name ?? chosen.image.names.join(', ')}`;
    throw ambiguousImage(label, { shared, digests: fitting.map(({ digest }) => digest) });
  }
  const platforms = found.flatMap(({ config }) => config.platform ?? []);
  if (requested !== undefined && platforms.length > 0) throw platformMissing(label, requested, platforms);
  throw new ClarionError('not-found', `${label} holds no image`);
}

/** The digest of an image is a valid name too, if it is requested. */
function withDigest(image: SavedImage, digest: string): SavedImage {
  return configDigest(image.config) === digest ? { ...image, names: [...image.names, digest] } : image;
}

/** Each image once, even if it is listed repeatedly. */
async function readImages(archive: TarArchive, images: readonly SavedImage[]): Promise<readonly ReadImage[]> {
  const byMember = new Map(images.map((image) => [image.config, image]));
  atMost(byMember.size, describeLimits.sameName, `Images of one name in ${archive.label}`);
  const byDigest = new Map<Digest, ReadImage>();
  for (const image of byMember.values()) {
    const { bytes, config } = await readConfig(archive, image.config);
    const digest = sha256Of(bytes);
    if (!byDigest.has(digest)) byDigest.set(digest, { image, digest, config });
  }
  return [...byDigest.values()];
}

async function readConfig(
  archive: TarArchive,
  name: string,
): Promise<{ readonly bytes: Uint8Array; readonly config: ImageConfig }> {
  const { label } = archive;
  if (!archive.has(name)) {
    throw new ClarionError('corrupt-data', `The configuration ${name} is missing in ${label}`, saveAgain);
  }
  const bytes = await archive.read(name, describeLimits.configBytes);
  const declared = configDigest(name);
  if (declared !== undefined) verifyDigest(bytes, declared, `The configuration of ${label}`);
  return { bytes, config: parseImageConfig(bytes, label) };
}

/**
 * Throws `corrupt-data` where manifest.json, which older programs read, has another image than the OCI layout next to
 * it, for the requested name and platform.
 */
export async function refuseOtherImages(
  archive: TarArchive,
  { platform, layers }: Image,
  { imageName }: OpenOptions,
): Promise<void> {
  const { label } = archive;
  const images = parseManifestJson(await archive.read('manifest.json', describeLimits.manifestBytes), label).filter(
    ({ names }) => imageName === undefined || names.some((name) => sameImageName(name, imageName)),
  );
  const configs = new Set(images.map(({ config }) => config));
  atMost(configs.size, describeLimits.sameName, `Images of one name in ${label}`);
  const expected = layers.map(({ diffId }) => diffId).join();
  for (const name of configs) {
    if (!archive.has(name)) continue;
    const { config } = await readConfig(archive, name);
    if (config.platform !== undefined && !fitsPlatform(config.platform, platform)) continue;
    if (config.diffIds.join() === expected) continue;
    throw new ClarionError('corrupt-data', `manifest.json and index.json of ${label} name different layers`, {
      remedy: 'save the image again; read one of both with oci-archive:, or take the other out of the archive',
    });
  }
}

const saveAgain = { remedy: 'save the image again' };

/** Throws `corrupt-data` when the archive lacks layers that its manifest names. */
export function requireLayers(archive: TarArchive, layers: readonly string[]): void {
  const missing = layers.filter((layer) => !archive.has(layer));
  const [first] = missing;
  if (first === undefined) return;
  throw new ClarionError(
    'corrupt-data',
    `${archive.label} lacks ${missing.length} of ${layers.length} layers, the first one being ${first.slice(0, 200)}`,
    saveAgain,
  );
}

/** An opened image whose layers are members of an archive. */
export function openedFrom(archive: TarArchive, image: Image, layers: readonly string[]): OpenedImage {
  return {
    image,
    identity(index) {
      const layer = layers[index];
      return layer === undefined ? Promise.resolve(undefined) : identityOf(archive.region(layer));
    },
    layer(index) {
      const layer = layers[index];
      if (layer === undefined) throw new RangeError(`There is no layer ${index}`);
      return Promise.resolve(archive.region(layer));
    },
    close: () => archive.close(),
  };
}
