import type { Digest, LayerDescriptor, LayerIndex, Problem } from '@clarion/model';

/** A layer whose licence forbids registries to distribute it (OCI image-spec, non-distributable layers). */
export function isForeign({ mediaType = '' }: Pick<LayerDescriptor, 'mediaType'>): boolean {
  return /foreign|nondistributable/.test(mediaType);
}

/** Stands for a layer that could not be read anywhere: no facts, and a problem that reports it. Never stored. */
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
