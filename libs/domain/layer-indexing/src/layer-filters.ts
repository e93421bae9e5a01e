import { compileFileFilters, type FileFilterMatcher } from '@clarion/layer-archive';
import type { FileFilter } from '@clarion/model';
import { compileDirectoryGlobs, type DirectoryGlobs } from './directory-globs';
import { isPathFilter, pathDetectors } from './file-selection';
import { splitPath } from './split-path';

/**
 * The file filters of detectors, by how they select. Files that match a filter by name are recorded whatever is in them.
 * Of filters by content, which may be for any name, only the files that are given to the detector are.
 */
export interface LayerFilters {
  readonly byName: FileFilterMatcher;
  /** Undefined where no detector has one. */
  readonly byContent: FileFilterMatcher | undefined;
  /** Globs with a wildcard at the end: files that match are not recorded below a link that a directory has another name by. */
  readonly unrecorded: DirectoryGlobs;
}

interface FilteringDetector {
  readonly id: string;
  readonly files: FileFilter;
}

/** Compiling takes as long as reading a small layer, and a process reads all of them for the same list of detectors. */
const compiled = new WeakMap<readonly FilteringDetector[], LayerFilters>();

/** The filters of detectors; the list must not change afterwards. */
export function compileLayerFilters(detectors: readonly FilteringDetector[]): LayerFilters {
  const known = compiled.get(detectors) ?? compile(detectors);
  compiled.set(detectors, known);
  return known;
}

function compile(detectors: readonly FilteringDetector[]): LayerFilters {
  const byContent = detectors.filter(({ files }) => selectsByContent(files));
  return {
    byName: compileFileFilters(detectors.filter((detector) => !byContent.includes(detector))),
    byContent: byContent.length === 0 ? undefined : compileFileFilters(byContent),
    unrecorded: compileDirectoryGlobs(detectors.flatMap(withPatternsOfNames)),
  };
}

function withPatternsOfNames({ id, files }: FilteringDetector): readonly FilteringDetector[] {
  const paths = files.paths.filter((glob) => splitPath(glob)[1].includes('*'));
  return paths.length === 0 || !isPathFilter(files) ? [] : [{ id, files: { ...files, paths } }];
}

/** Whether a filter selects by the execute bit or the first bytes of files. */
export function selectsByContent({ executable = false, magic }: FileFilter): boolean {
  return executable || magic !== undefined;
}

/**
 * What is kept of a layer depends on the file filters of all detectors; contents are read only for those in
 * `missing`.
 */
export interface CollectFor extends LayerFilters {
  readonly missing: ReadonlySet<string>;
}

/**
 * All detectors whose globs match `path`, or would if a link led to its directory: which of them get it is known only
 * when the layers are composed.
 */
export function wantedBy(matcher: FileFilterMatcher, path: string): readonly string[] {
  return matcher.matchMoved(path);
}

/** Largest size of a file that one of the detectors `ids` accepts. */
export function largestAccepted(ids: readonly string[], { byName, missing }: CollectFor): number | undefined {
  if (ids.length === 0) return undefined;
  const sizes = pathDetectors(byName, ids)
    .filter((id) => missing.has(id))
    .map((id) => byName.maxBytes(id));
  return sizes.length === 0 ? undefined : sizes.reduce((a, b) => Math.max(a, b));
}
