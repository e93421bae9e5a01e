import type { Digest, LayerDescriptor, LayerIndex, Problem } from '@clarion/model';

/** A layer that a licence forbids registries to hold (OCI image-spec, non-distributable layers). */
export function isForeign({ mediaType = '' }: Pick<LayerDescriptor, 'mediaType'>): boolean {
  return /foreign|nondistributable/.test(mediaType);
}

/** What stands for a layer that could not be read anywhere: nothing, and a problem that says so. Never stored. */
export function missingLayer(diffId: Digest, label: string): LayerIndex {
  const message = `${label} is kept outside the image and was not read`;
  const structure = {
    whiteouts: [],
    opaques: [],
    symlinks: [],
    hardlinks: [],
    files: [],
    obstacles: [],
    directories: [],
  };
  const problems: Problem[] = [{ code: 'missing-layer', message }];
  return { diffId, blobs: [], size: 0, entries: 0, structure, detections: [], problems };
}
