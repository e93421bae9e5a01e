import type { LayerIndex, LayerStructure } from '@clarion/model';

/** Joins the records of two readings of the same bytes for different detectors. The structure must still serve both. */
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
  const files = union(a.files, b.files).sort();
  const symlinks = new Map([...a.symlinks, ...b.symlinks]);
  const read = new Set(files);
  return {
    whiteouts: union(a.whiteouts, b.whiteouts),
    opaques: union(a.opaques, b.opaques),
    symlinks: [...symlinks],
    // An unread hard link of one reading may be a read file of the other.
    hardlinks: [...new Map([...a.hardlinks, ...b.hardlinks])].filter(([path]) => !read.has(path)),
    files,
    obstacles: union(a.obstacles, b.obstacles).filter((path) => !read.has(path) && !symlinks.has(path)),
    directories: union(a.directories, b.directories).sort(),
    ...mergeLowerLinks(a, b, read),
    ...((b.names ?? a.names) === undefined ? {} : { names: b.names ?? a.names }),
  };
}

function mergeLowerLinks(a: LayerStructure, b: LayerStructure, read: ReadonlySet<string>): Partial<LayerStructure> {
  const links = new Map([...(a.lowerLinks ?? []), ...(b.lowerLinks ?? [])].filter(([path]) => !read.has(path)));
  return links.size === 0 ? {} : { lowerLinks: [...links] };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])];
}
