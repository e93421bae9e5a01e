import {
  compareText,
  type Feature,
  type LayerDetection,
  type LayerIndex,
  type NamespaceEvidence,
  type Problem,
  type ScopeEvidence,
  type WorkBudget,
} from '@clarion/model';
import type { FilteredFile } from './filtered-files';
import { ascending, lowerBound } from './untouched-files';

/** The facts of one detector about one file. */
export interface FileFacts {
  readonly features: readonly Feature[];
  readonly namespaces: readonly NamespaceEvidence[];
  readonly evidence: readonly ScopeEvidence[];
  readonly problems: readonly Problem[];
}

/** The facts of a layer. */
export interface LayerFacts {
  /** Paths of the files of its structure, ascending. */
  readonly files: readonly string[];
  /** By detector. */
  readonly detections: ReadonlyMap<string, DetectionFacts>;
}

/** Sorting is counted in the budget; facts of a layer for which it is not sufficient are left out. */
export function layerFacts(layer: LayerIndex, budget: WorkBudget): LayerFacts {
  const files = ascending(layer.structure.files, budget);
  const detections = layer.detections.map((one) => [one.detector, new DetectionFacts(one, { files, budget })] as const);
  return { files, detections: new Map(detections) };
}

/**
 * The facts of the file `filtered`; undefined when its layer has not read it for that detector. A file whose own path
 * does not match the detector's filters was read under the name of a link in the same layer: one alias names that
 * link. Facts that were stored before aliases existed are found by the links that led to the file.
 */
export function factsOfFile(facts: LayerFacts | undefined, filtered: FilteredFile): FileFacts | undefined {
  const detection = facts?.detections.get(filtered.detector);
  const { path, linkPath } = filtered.file;
  const own = (linkPath === undefined ? undefined : detection?.of(linkPath)) ?? detection?.of(path);
  if (own !== undefined || detection === undefined) return own;
  const link = filtered.links.findLast(({ layer, path: name }) => layer === filtered.file.layer && detection.has(name));
  return link === undefined ? undefined : detection.of(link.path);
}

/** The facts of one detector about the files of a layer. */
export class DetectionFacts {
  /** Paths of the files that it was given, ascending. */
  readonly files: readonly string[];
  /** In the order of the paths, those of one file in the order of the detector. */
  readonly features: readonly Feature[];
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
  readonly namespaces: ReadonlyMap<string, readonly NamespaceEvidence[]>;
  readonly evidence: ReadonlyMap<string, readonly ScopeEvidence[]>;
  /** Problems that concern no single file. */
  readonly general: readonly Problem[];
  private readonly ofLayer: readonly string[];
  /** The name under which a file was read, by its path. */
  private readonly aliases: ReadonlyMap<string, string>;

  constructor(detection: LayerDetection, layer: { readonly files: readonly string[]; readonly budget: WorkBudget }) {
    this.files = ascending(detection.files, layer.budget);
    this.features = inOrderOfPaths(detection.features, layer.budget);
    this.problems = groupByPath(detection.problems);
    this.namespaces = groupByPath(detection.namespaces);
    this.evidence = groupByPath(detection.evidence ?? []);
    this.ofLayer = layer.files;
    this.general = detection.problems.filter(({ path }) => path === undefined || !this.hasOwn(path));
    const aliases = new Map<string, string>();
    for (const [file, name] of detection.aliases ?? []) {
      if (!aliases.has(file) && !this.hasOwn(file) && this.hasOwn(name)) aliases.set(file, name);
    }
    this.aliases = aliases;
  }

  /** Whether it was given any file. */
  get hasFiles(): boolean {
    return (
      this.files.length > 0 || this.aliases.size > 0 || [...this.problems.keys()].some((path) => this.hasOwn(path))
    );
  }

  has(path: string): boolean {
    return this.hasOwn(path) || this.aliases.has(path);
  }

  of(path: string): FileFacts | undefined {
    const name = this.hasOwn(path) ? path : this.aliases.get(path);
    if (name === undefined) return undefined;
    return {
      features: this.featuresOf(name),
      namespaces: this.namespaces.get(name) ?? none,
      evidence: this.evidence.get(name) ?? none,
      problems: this.problems.get(name) ?? none,
    };
  }

  private hasOwn(path: string): boolean {
    return includes(this.files, path) || (this.problems.has(path) && includes(this.ofLayer, path));
  }

  private featuresOf(path: string): readonly Feature[] {
    const from = firstFeature(this.features, path);
    let to = from;
    while (this.features[to]?.path === path) to += 1;
    return from === to ? none : this.features.slice(from, to);
  }
}

function includes(paths: readonly string[], path: string): boolean {
  return paths[lowerBound(paths, path, [0, paths.length])] === path;
}

/** The index of the first of the features, which are in the order of their paths, whose path is not less than `path`. */
export function firstFeature(features: readonly Feature[], path: string): number {
  let low = 0;
  let high = features.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((features[middle]?.path ?? '') < path) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As layers are stored, features are in this order already. */
function inOrderOfPaths(features: readonly Feature[], budget: WorkBudget): readonly Feature[] {
  let at = 1;
  while (at < features.length && (features[at - 1]?.path ?? '') <= (features[at]?.path ?? '')) at += 1;
  if (at >= features.length) return features;
  const isAffordable = budget.spend(Math.ceil(features.length * Math.log2(features.length)));
  return isAffordable ? [...features].sort((a, b) => compareText(a.path, b.path)) : none;
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
