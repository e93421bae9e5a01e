import type { DetectorInfo } from '@clarion/model';
import type { LayerFacts } from './layer-facts';
import { selectsByContent } from './layer-filters';
import type { FileNode } from './view-tree';

/** The files of an image that detectors were given for their content. */
export interface FilesByContent {
  /** The number of the lowest layer with one; infinite without one. */
  readonly lowest: number;
  /** The detectors that were given a file. */
  readonly detectorsOf: (file: FileNode) => readonly string[];
}

const none: readonly string[] = [];

/** `facts` is parallel to the layers of the image, base first. */
export function filesByContent(
  facts: readonly LayerFacts[],
  detectors: readonly Pick<DetectorInfo, 'id' | 'files'>[],
): FilesByContent {
  const ids = detectors.filter(({ files }) => selectsByContent(files)).map(({ id }) => id);
  const byLayer = facts.map((layer) => {
    return ids.flatMap((id) => {
      const detection = layer.detections.get(id);
      return detection?.hasFiles === true ? [{ id, detection }] : [];
    });
  });
  const lowest = byLayer.findIndex((found) => found.length > 0);
  return {
    lowest: lowest < 0 ? Infinity : lowest,
    detectorsOf: ({ layer, path, linkPath = path }) => {
      const found = byLayer[layer] ?? [];
      if (found.length === 0) return none;
      return found.filter(({ detection }) => detection.has(path) || detection.has(linkPath)).map(({ id }) => id);
    },
  };
}
