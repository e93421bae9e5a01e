import { ClarionError, type Digest, type LayerSource, type OpenedImage, type OpenOptions } from '@clarion/model';
import type { BlobSource } from '../blob-image';
import { identityOfBlob, requireDeclaredSize } from '../files';
import { describeLimits } from '../limits';
import { openTarArchive, type TarArchive } from '../tar-archive';
import { openFromLayout } from './layout';

function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** Whether an archive is, or contains, an OCI image layout. */
export function carriesLayout(archive: TarArchive): boolean {
  return archive.has('oci-layout') && archive.has('index.json');
}

function archiveBlobs(archive: TarArchive): BlobSource {
  return {
    has: (digest) => archive.has(blobPath(digest)),
    manifest: ({ digest }) => archive.read(blobPath(digest), describeLimits.manifestBytes),
    blob: ({ digest }, maxBytes) => archive.read(blobPath(digest), maxBytes),
    layer: async (blob) => Promise.resolve(requireDeclaredSize(archive.region(blobPath(blob.digest)), blob)),
    identity: (blob) => identityOfBlob(archive.region(blobPath(blob.digest)), blob),
    close: () => archive.close(),
  };
}

/** Opens an image of an archive that carries an OCI layout. */
export async function openLayoutInArchive(archive: TarArchive, options: OpenOptions): Promise<OpenedImage> {
  const index = await archive.read('index.json', describeLimits.manifestBytes);
  const { label } = archive;
  return openFromLayout({ blobs: archiveBlobs(archive), index, label, reference: label, options });
}

/** An OCI image layout in a tar, plain or compressed. */
export const ociArchive: LayerSource = {
  id: 'oci-archive',
  async open(reference, options) {
    const archive = await openTarArchive(reference, options.signal);
    try {
      if (!carriesLayout(archive)) {
        throw new ClarionError('invalid-input', `${reference} has no OCI image layout`, {
          remedy: 'use docker-archive: for what docker save writes, or leave the prefix out',
        });
      }
      return await openLayoutInArchive(archive, options);
    } catch (error) {
      await archive.close();
      throw error;
    }
  },
};
