import type { DetectorInfo } from '@clarion/model';
import type { LayerFacts } from './layer-facts';
import { selectsByContent } from './layer-filters';
import type { FileNode } from './view-tree';

const none: readonly string[] = [];

/**
 * Returns the detectors that were given a file for its content. `facts` is parallel to the layers of the image, base
 * first.
 */
export function detectorsByContent(
  facts: readonly LayerFacts[],
  detectors: readonly Pick<DetectorInfo, 'id' | 'files'>[],
): (file: FileNode) => readonly string[] {
  const ids = detectors.filter(({ files }) => selectsByContent(files)).map(({ id }) => id);
  const byLayer = facts.map((layer) => {
    return ids.flatMap((id) => {
      const detection = layer.detections.get(id);
      return detection?.hasFiles === true ? [{ id, detection }] : [];
    });
  });
  return ({ layer, path, linkPath = path }) => {
    const found = byLayer[layer] ?? [];
    if (found.length === 0) return none;
    return found.filter(({ detection }) => detection.has(path) || detection.has(linkPath)).map(({ id }) => id);
  };
}
