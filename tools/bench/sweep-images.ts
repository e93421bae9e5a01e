import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BuiltLayer,
  buildImage,
  directory,
  file,
  type RunningRegistry,
  sha256,
  type TarEntry,
} from '@clarion/test-kit';

interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

interface ImageConfig {
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly object[];
}

/** The image that all others are made from. */
interface Base {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  /** The media type of its manifest. */
  readonly mediaType: string;
}

/** References of images in a registry. */
export interface SweepImages {
  readonly base: string;
  readonly images: readonly string[];
}

const repository = 'sweep/app';

/**
 * Pushes `count` images that share the layers of an OCI layout; each has an application of its own, in one layer of
 * some 2 MB and 330 files.
 */
export async function pushSweep(layout: string, count: number, registry: RunningRegistry): Promise<SweepImages> {
  const referenceTo = (tag: string): string => `${registry.host}/${repository}:${tag}`;
  const base = await pushBase(layout, registry);
  const images: string[] = [];
  for (let number = 0; number < count; number += 1) {
    const [own] = buildImage({ layers: [application(number)], compression: 'gzip' }).layers;
    if (own === undefined) throw new TypeError('An image of one layer has a layer');
    const { config, manifest } = withLayer(base, own);
    for (const blob of [own.blob, config]) await registry.pushBlob(repository, blob);
    await registry.pushManifest(repository, String(number), { bytes: manifest, mediaType: base.mediaType });
    images.push(referenceTo(String(number)));
  }
  return { base: referenceTo('base'), images };
}

async function pushBase(layout: string, registry: RunningRegistry): Promise<Base> {
  const blob = (digest: string): Buffer => readFileSync(join(layout, 'blobs', digest.replace(':', '/')));
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as { manifests: [Descriptor] };
  const [{ digest, mediaType }] = index.manifests;
  const manifest = JSON.parse(blob(digest).toString()) as Manifest;
  for (const one of [manifest.config, ...manifest.layers]) await registry.pushBlob(repository, blob(one.digest));
  await registry.pushManifest(repository, 'base', { bytes: blob(digest), mediaType });
  return { manifest, config: JSON.parse(blob(manifest.config.digest).toString()) as ImageConfig, mediaType };
}

/** The manifest and the configuration of the base with one more layer. */
function withLayer(
  { manifest, config, mediaType }: Base,
  { blob, digest, diffId, mediaType: ofLayer }: BuiltLayer,
): { readonly config: Uint8Array; readonly manifest: Uint8Array } {
  const { rootfs, history = [] } = config;
  const bytes = Buffer.from(
    JSON.stringify({
      ...config,
      rootfs: { ...rootfs, diff_ids: [...rootfs.diff_ids, diffId] },
      history: [...history, { created_by: 'COPY app /srv/app' }],
    }),
  );
  const layer = { mediaType: ofLayer, digest, size: blob.length };
  const described = { ...manifest.config, digest: sha256(bytes), size: bytes.length };
  const next = { schemaVersion: 2, mediaType, config: described, layers: [...manifest.layers, layer] };
  return { config: bytes, manifest: Buffer.from(JSON.stringify(next)) };
}

const packages = 30;
const filesOfPackage = 10;
const linesOfFile = 130;

/** An application of Node with its packages; no two have a file in common. */
function application(number: number): readonly TarEntry[] {
  const random = numbersFrom(number + 1);
  const root = 'srv/app';
  const entries: TarEntry[] = [directory(root), directory(`${root}/node_modules`)];
  const own = { name: `app-${number}`, version: `1.${number}.0` };
  entries.push(file(`${root}/package.json`, JSON.stringify(own)));
  for (let one = 0; one < packages; one += 1) {
    const name = `package-${(number * 7 + one) % 400}`;
    const folder = `${root}/node_modules/${name}`;
    const version = `${random(5)}.${random(20)}.${random(10)}`;
    const described = { name, version, license: 'MIT', main: 'lib/0.js', application: number };
    entries.push(directory(folder), file(`${folder}/package.json`, JSON.stringify(described, null, 2)));
    entries.push(directory(`${folder}/lib`));
    for (let part = 0; part < filesOfPackage; part += 1) entries.push(file(`${folder}/lib/${part}.js`, source(random)));
  }
  return entries;
}

/** Text that becomes some four times smaller, like sources. */
function source(random: (below: number) => number): string {
  const lines = Array.from({ length: linesOfFile }, () => {
    const [name, other] = [random(1e6).toString(36), random(400).toString(36)];
    return `exports.${name} = function (${other}) { return ${other} + ${random(1e4)}; };`;
  });
  return lines.join('\n');
}

/** Numbers that depend only on `seed` (a linear congruential generator). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
