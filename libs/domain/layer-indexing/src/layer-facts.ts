import type { LayerDetection, Feature, LayerIndex, NamespaceEvidence, Problem, ScopeEvidence } from '@clarion/model';
import type { FilteredFile } from './filtered-files';

/** The facts of one detector about one file. */
export interface FileFacts {
  readonly features: readonly Feature[];
  readonly namespaces: readonly NamespaceEvidence[];
  readonly evidence: readonly ScopeEvidence[];
  readonly problems: readonly Problem[];
}

/** The facts of a layer by detector and file. */
export type LayerFacts = ReadonlyMap<string, DetectionFacts>;

interface DetectionFacts {
  readonly files: ReadonlyMap<string, FileFacts>;
  /** Problems that concern no single file. */
  readonly general: readonly Problem[];
}

export function layerFacts(layer: LayerIndex): LayerFacts {
  return new Map(layer.detections.map((detection) => [detection.detector, detectionFacts(detection, layer)]));
}

/**
 * The facts of the file `filtered`; undefined when its layer has not read it for that detector. A file whose own path
 * does not match the detector's filters was read under the name of a link in the same layer: one alias names that
 * link. Facts that were stored before aliases existed are found by the links that led to the file.
 */
export function factsOfFile(facts: LayerFacts | undefined, filtered: FilteredFile): FileFacts | undefined {
  const files = facts?.get(filtered.detector)?.files;
  const { path, linkPath } = filtered.file;
  const own = (linkPath === undefined ? undefined : files?.get(linkPath)) ?? files?.get(path);
  if (own !== undefined || files === undefined) return own;
  const link = filtered.links.findLast(({ layer, path: name }) => layer === filtered.file.layer && files.has(name));
  return link === undefined ? undefined : files.get(link.path);
}

function detectionFacts(detection: LayerDetection, layer: LayerIndex): DetectionFacts {
  const problems = groupByPath(detection.problems);
  const features = groupByPath(detection.features);
  const namespaces = groupByPath(detection.namespaces);
  const evidence = groupByPath(detection.evidence ?? []);
  const byPath = new Map<string, FileFacts>();
  const keep = (path: string): void => {
    byPath.set(path, {
      features: features.get(path) ?? none,
      namespaces: namespaces.get(path) ?? none,
      evidence: evidence.get(path) ?? none,
      problems: problems.get(path) ?? none,
    });
  };
  for (const path of detection.files) keep(path);
  // Most detectors have none, and a layer has many files of other detectors.
  if (problems.size > 0) {
    for (const path of layer.structure.files) if (problems.has(path) && !byPath.has(path)) keep(path);
  }
  const general = detection.problems.filter(({ path }) => path === undefined || !byPath.has(path));
  for (const [file, name] of detection.aliases ?? []) {
    const facts = byPath.get(name);
    if (facts !== undefined && !byPath.has(file)) byPath.set(file, facts);
  }
  return { files: byPath, general };
}

/** Most files have only one kind of facts. */
const none: readonly never[] = [];

function groupByPath<T extends { readonly path?: string }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.path ?? '');
    if (group === undefined) {
      groups.set(item.path ?? '', [item]);
    } else {
      group.push(item);
    }
  }
  return groups;
}
