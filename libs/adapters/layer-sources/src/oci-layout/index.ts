import { statSync } from 'node:fs';
import path from 'node:path';
import { ClarionError, type Digest, type LayerSource } from '@clarion/model';
import { openBlobImage, type BlobSource } from '../blob-image';
import { type FileContent, identityOfBlob, readSmallFile, requireDeclaredSize, statOf } from '../files';
import { describeLimits } from '../limits';
import { descriptorOf, openFromLayout } from './layout';

/** Where a layout keeps blobs: `blobs/<algorithm>/<hex>`; a `dir:` of skopeo keeps them by their hex alone. */
type LocateBlob = (digest: Digest) => string;

/** Links are followed: build tools create blobs as links, and the target must have the blob's digest. */
function sizeOfFile(file: string): number | undefined {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() === true ? stats.size : undefined;
}

function directoryBlobs(locate: LocateBlob): BlobSource {
  const region = (digest: Digest): FileContent => {
    const file = locate(digest);
    return { kind: 'file', path: file, offset: 0, length: sizeOfFile(file) ?? 0 };
  };
  return {
    has: (digest) => sizeOfFile(locate(digest)) !== undefined,
    manifest: ({ digest }) => readSmallFile(locate(digest), describeLimits.manifestBytes),
    blob: ({ digest }, maxBytes) => readSmallFile(locate(digest), maxBytes),
    layer: async (blob) => Promise.resolve(requireDeclaredSize(region(blob.digest), blob)),
    identity: (blob) => identityOfBlob(region(blob.digest), blob),
    close: () => Promise.resolve(),
  };
}

/**
 * Splits `DIR[:TAG]`: a directory with exactly that name takes precedence over a tag, and a tag may be a whole image
 * name.
 */
async function splitTag(reference: string): Promise<{ directory: string; tag?: string }> {
  if ((await statOf(reference)) !== undefined) return { directory: reference };
  for (let colon = reference.indexOf(':'); colon >= 0; colon = reference.indexOf(':', colon + 1)) {
    const directory = reference.slice(0, colon);
    const stats = directory === '' ? undefined : await statOf(directory);
    if (stats?.isDirectory() === true) return { directory, tag: reference.slice(colon + 1) };
  }
  throw new ClarionError('not-found', `${reference} does not exist`, { remedy: 'name a directory, as in oci:DIR:TAG' });
}

/** Whether a directory is an OCI image layout. */
export async function isLayoutDirectory(directory: string): Promise<boolean> {
  return (await statOf(path.join(directory, 'oci-layout')))?.isFile() === true;
}

/** Whether a directory has the format of `skopeo copy … dir:`. */
export async function isSkopeoDirectory(directory: string): Promise<boolean> {
  const files = ['version', 'manifest.json'].map((name) => statOf(path.join(directory, name)));
  return (await Promise.all(files)).every((stats) => stats?.isFile() === true);
}

/** An OCI image layout in a directory, `DIR[:TAG]`; also the `dir:` layout of skopeo. */
export const ociLayout: LayerSource = {
  id: 'oci-layout',
  async open(reference, options) {
    const { directory, tag } = await splitTag(reference);
    if (await isLayoutDirectory(directory)) {
      const index = await readSmallFile(path.join(directory, 'index.json'), describeLimits.manifestBytes);
      const blobs = directoryBlobs((digest) => path.join(directory, 'blobs', ...digest.split(':')));
      return openFromLayout({
        blobs,
        index,
        label: directory,
        reference,
        options,
        ...(tag === undefined ? {} : { tag }),
      });
    }
    if (await isSkopeoDirectory(directory)) {
      const manifest = await readSmallFile(path.join(directory, 'manifest.json'), describeLimits.manifestBytes);
      const blobs = directoryBlobs((digest) => path.join(directory, digest.slice(digest.indexOf(':') + 1)));
      return openBlobImage({ blobs, root: descriptorOf(manifest), reference, options });
    }
    throw new ClarionError('invalid-input', `${directory} is not an OCI image layout`, {
      remedy: 'it has no file oci-layout; use dir: for a root filesystem',
    });
  },
};
