import type { LayerIndex, LayerStructure } from '@clarion/model';

/**
 * Joins what two readings of the same bytes recorded, which differ in the detectors they were made for. The structure
 * must go on serving those of both.
 */
export function mergeIndexes(known: LayerIndex | undefined, fresh: LayerIndex): LayerIndex {
  if (known === undefined) {
    return fresh;
  }
  const detections = new Map([...known.detections, ...fresh.detections].map((d) => [d.detector, d]));
  return {
    ...fresh,
    blobs: union(known.blobs, fresh.blobs),
    structure: mergeStructures(known.structure, fresh.structure),
    detections: [...detections.values()],
  };
}

function mergeStructures(a: LayerStructure, b: LayerStructure): LayerStructure {
  const files = union(a.files, b.files);
  const symlinks = new Map([...a.symlinks, ...b.symlinks]);
  const read = new Set(files);
  return {
    whiteouts: union(a.whiteouts, b.whiteouts),
    opaques: union(a.opaques, b.opaques),
    symlinks: [...symlinks],
    // What was an unread hard link for the one may be a read file for the other.
    hardlinks: [...new Map([...a.hardlinks, ...b.hardlinks])].filter(([path]) => !read.has(path)),
    files,
    obstacles: union(a.obstacles, b.obstacles).filter((path) => !read.has(path) && !symlinks.has(path)),
    directories: union(a.directories, b.directories),
    ...mergeLowerLinks(a, b, read),
  };
}

function mergeLowerLinks(a: LayerStructure, b: LayerStructure, read: ReadonlySet<string>): Partial<LayerStructure> {
  const links = new Map([...(a.lowerLinks ?? []), ...(b.lowerLinks ?? [])].filter(([path]) => !read.has(path)));
  return links.size === 0 ? {} : { lowerLinks: [...links] };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}
