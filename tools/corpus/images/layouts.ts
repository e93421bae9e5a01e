import { type BuiltImage, buildTar, sha256, writeOciLayout } from '@clarion/test-kit';
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { debianAndDatabase, type Expectation, type HostileImage, stanza, status } from '../hostile-image';
import { brokenDocuments } from './broken-documents';

/** An OCI layout with one of its documents replaced by `change`. */
function layout(
  name: string,
  expect: Expectation,
  change: (directory: string, image: BuiltImage) => void,
): HostileImage {
  return {
    name: `layout/${name}`,
    expect,
    write(directory) {
      const target = join(directory, 'layout');
      const image = debianAndDatabase();
      writeOciLayout(target, image);
      change(target, image);
      return `oci:${target}`;
    },
  };
}

const blob = (directory: string, digest: string): string => join(directory, 'blobs', digest.replace(':', '/'));

function putBlob(directory: string, bytes: Uint8Array): { digest: string; size: number } {
  const digest = sha256(bytes);
  writeFileSync(blob(directory, digest), bytes);
  return { digest, size: bytes.length };
}

type Json = Record<string, unknown>;
const readJson = (path: string): Json => JSON.parse(readFileSync(path, 'utf8')) as Json;

function index(directory: string, value: unknown): void {
  writeFileSync(join(directory, 'index.json'), typeof value === 'string' ? value : JSON.stringify(value));
}

function manifest(directory: string, image: BuiltImage, change: (manifest: Json) => unknown): void {
  const made = change(readJson(blob(directory, image.manifestDigest)));
  const bytes = Buffer.from(typeof made === 'string' ? made : JSON.stringify(made));
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  index(directory, { schemaVersion: 2, manifests: [{ mediaType, ...putBlob(directory, bytes) }] });
}

function config(directory: string, image: BuiltImage, change: (config: Json) => unknown): void {
  const made = change(readJson(blob(directory, image.configDigest)));
  const bytes = Buffer.from(typeof made === 'string' ? made : JSON.stringify(made));
  manifest(directory, image, (own) => ({
    ...own,
    config: { ...(own['config'] as Json), ...putBlob(directory, bytes) },
  }));
}

const indexType = 'application/vnd.oci.image.index.v1+json';

/** An index that holds an index, `depth` times. */
function nested(directory: string, image: BuiltImage, depth: number): void {
  let entry: Json = {
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest: image.manifestDigest,
    size: image.manifest.length,
  };
  for (let level = 0; level < depth; level += 1) {
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests: [entry] }));
    entry = { mediaType: indexType, ...putBlob(directory, bytes) };
  }
  index(directory, { schemaVersion: 2, manifests: [entry] });
}

export const layoutImages: readonly HostileImage[] = [
  ...brokenDocuments.flatMap(([name, text]) => [
    layout(`index is ${name}`, 'not-clean', (directory) => {
      index(directory, text);
    }),
    layout(`manifest is ${name}`, 'not-clean', (directory, image) => {
      manifest(directory, image, () => text);
    }),
    layout(`configuration is ${name}`, 'not-clean', (directory, image) => {
      config(directory, image, () => text);
    }),
  ]),
  layout('index within 5 indexes', 'any', (directory, image) => {
    nested(directory, image, 5);
  }),
  layout('index within 1,000 indexes', 'not-clean', (directory, image) => {
    nested(directory, image, 1_000);
  }),
  layout('1,500 manifests', 'any', (directory, image) => {
    const entry = {
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      digest: image.manifestDigest,
      size: image.manifest.length,
    };
    index(directory, { schemaVersion: 2, manifests: Array.from({ length: 1_500 }, () => entry) });
  }),
  layout('digest that is a path', 'not-clean', (directory) => {
    index(directory, {
      schemaVersion: 2,
      manifests: [{ mediaType: indexType, digest: 'sha256:../../../../etc/passwd', size: 1 }],
    });
  }),
  layout('digest of an unknown kind', 'not-clean', (directory) => {
    index(directory, {
      schemaVersion: 2,
      manifests: [{ mediaType: indexType, digest: 'md5:d41d8cd98f00b204e9800998ecf8427e', size: 1 }],
    });
  }),
  layout('blob with other bytes', 'not-clean', (directory, image) => {
    writeFileSync(blob(directory, image.layers[1]!.digest), buildTar([status(stanza('clean', '1'))]));
  }),
  layout('configuration with other bytes', 'not-clean', (directory, image) => {
    appendFileSync(blob(directory, image.configDigest), ' ');
  }),
  layout('manifest with other bytes', 'not-clean', (directory, image) => {
    appendFileSync(blob(directory, image.manifestDigest), ' ');
  }),
  layout('blob missing', 'not-clean', (directory, image) => {
    rmSync(blob(directory, image.layers[1]!.digest));
  }),
  layout('blob is a folder', 'not-clean', (directory, image) => {
    rmSync(blob(directory, image.layers[1]!.digest));
    mkdirSync(blob(directory, image.layers[1]!.digest));
  }),
  layout('no layers', 'not-clean', (directory, image) => {
    manifest(directory, image, (own) => ({ ...own, layers: [] }));
  }),
  layout('layers of null', 'not-clean', (directory, image) => {
    manifest(directory, image, (own) => ({ ...own, layers: [null, null] }));
  }),
  layout('fewer diffIDs than layers', 'not-clean', (directory, image) => {
    config(directory, image, (own) => ({ ...own, rootfs: { type: 'layers', diff_ids: [image.layers[0]!.diffId] } }));
  }),
  layout('more diffIDs than layers', 'not-clean', (directory, image) => {
    config(directory, image, (own) => ({
      ...own,
      rootfs: { type: 'layers', diff_ids: Array.from({ length: 9 }, () => image.layers[0]!.diffId) },
    }));
  }),
  layout('1,000 times the same layer', 'not-clean', (directory, image) => {
    const layers = image.layers.map((layer) => ({
      mediaType: layer.mediaType,
      digest: layer.digest,
      size: layer.blob.length,
    }));
    manifest(directory, image, (own) => ({
      ...own,
      layers: [...Array.from({ length: 1_000 }, () => layers[0]), layers[1]],
    }));
  }),
  layout('sizes that lie', 'not-clean', (directory, image) => {
    manifest(directory, image, (own) => ({
      ...own,
      layers: (own['layers'] as Json[]).map((layer) => ({ ...layer, size: 1 })),
    }));
  }),
  layout('sizes below zero', 'not-clean', (directory, image) => {
    manifest(directory, image, (own) => ({
      ...own,
      layers: (own['layers'] as Json[]).map((layer) => ({ ...layer, size: -1 })),
    }));
  }),
  layout('unknown media type of a layer', 'not-clean', (directory, image) => {
    manifest(directory, image, (own) => ({
      ...own,
      layers: (own['layers'] as Json[]).map((layer) => ({ ...layer, mediaType: 'application/x-mystery' })),
    }));
  }),
  layout('encrypted layer', 'not-clean', (directory, image) => {
    manifest(directory, image, (own) => ({
      ...own,
      layers: (own['layers'] as Json[]).map((layer) => ({
        ...layer,
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted',
      })),
    }));
  }),
  layout('foreign layer', 'not-clean', (directory, image) => {
    rmSync(blob(directory, image.layers[1]!.digest));
    manifest(directory, image, (own) => ({
      ...own,
      layers: (own['layers'] as Json[]).map((layer) => ({
        ...layer,
        mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
        urls: ['http://169.254.169.254/'],
      })),
    }));
  }),
  layout('history of 10,000 steps', 'found', (directory, image) => {
    config(directory, image, emptySteps(10_000));
  }),
  layout('history of 100,000 steps', 'not-clean', (directory, image) => {
    config(directory, image, emptySteps(100_000));
  }),
  layout('history with escapes', 'found', (directory, image) => {
    config(directory, image, (own) => ({
      ...own,
      history: [{ created_by: '\x1b[2J<script>' }, { created_by: '\u202e' }],
    }));
  }),
];

/** A configuration with `count` history steps without a layer. */
function emptySteps(count: number): (own: Json) => Json {
  const history = Array.from({ length: count }, () => ({ created_by: 'x', empty_layer: true }));
  return (own) => ({ ...own, history });
}
