import { compileFileFilters, type FileFilterMatcher } from '@clarion/layer-archive';
import type { DetectorInfo } from '@clarion/model';
import { compileDirectoryGlobs, type DirectoryGlobs } from './directory-globs';
import { compileLayerFilters, selectsByContent } from './layer-filters';
import { directoryNames } from './relevant-paths';
import { splitPath } from './split-path';
import type { FileNode } from './view-tree';

/** Which files are looked for in a view, and where links may lead to them. */
export interface SearchPlan {
  /** The filters by name. */
  readonly matcher: FileFilterMatcher;
  readonly byContent: FileFilterMatcher | undefined;
  /** Ids of the detectors with these. */
  readonly contentDetectors: readonly string[];
  /** The filters by content that are for some names only. */
  readonly someByContent: FileFilterMatcher | undefined;
  /** The detectors with filters by content that were given the file. */
  readonly givenTo: (file: FileNode) => readonly string[];
  /** Literal paths. */
  readonly paths: readonly string[];
  /** Directories whose file names are matched by a pattern, each with sample names that match. */
  readonly listed: ReadonlyMap<string, readonly string[]>;
  /** Directories that are searched with everything below them, for patterns over directories. */
  readonly trees: readonly string[];
  /** Which links lead to directories whose files match filters by the name of the link. */
  readonly directories: DirectoryGlobs;
  /** Names of directories on the way to filtered files. */
  readonly directoryNames: ReadonlySet<string>;
}

type FilteringDetectors = readonly Pick<DetectorInfo, 'id' | 'files'>[];
type PlanOfDetectors = Omit<SearchPlan, 'givenTo'>;

/** Of each list of detectors once: making a plan takes as long as composing a small image. */
const plans = new WeakMap<FilteringDetectors, PlanOfDetectors>();

/** The plan for the images of these detectors; the list must not change afterwards. */
export function planSearch(detectors: FilteringDetectors, givenTo: SearchPlan['givenTo']): SearchPlan {
  const known = plans.get(detectors) ?? planOf(detectors);
  plans.set(detectors, known);
  return { ...known, givenTo };
}

function planOf(detectors: FilteringDetectors): PlanOfDetectors {
  const { byName: matcher, byContent } = compileLayerFilters(detectors);
  const all = detectors.filter(({ files }) => selectsByContent(files));
  const some = all.filter(({ files }) => !files.paths.includes('**'));
  const globs = new Set(detectors.flatMap((detector) => detector.files.paths));
  const paths = [...globs].filter((glob) => !glob.includes('*'));
  const patterns = [...globs].filter((glob) => glob.includes('*')).map((glob) => splitPath(glob));
  const listed = new Map<string, string[]>();
  for (const [parent, name] of patterns) {
    if (!parent.includes('*')) {
      listed.set(parent, [...(listed.get(parent) ?? []), name.replaceAll('*', 'x')]);
    }
  }
  const trees = patterns.flatMap(([parent, name]) => {
    return parent.includes('*') || name.includes('**') ? [literalStart(parent)] : [];
  });
  return {
    matcher,
    byContent,
    contentDetectors: all.map(({ id }) => id),
    someByContent: some.length === 0 ? undefined : compileFileFilters(some),
    paths,
    listed,
    trees: [...new Set(trees)],
    directories: compileDirectoryGlobs(detectors.filter(({ files }) => !selectsByContent(files))),
    directoryNames: directoryNames(matcher),
  };
}

/** The directory above the first component with a wildcard. */
function literalStart(directory: string): string {
  const components = directory.split('/');
  const wildcard = components.findIndex((component) => component.includes('*'));
  return components.slice(0, wildcard < 0 ? undefined : wildcard).join('/');
}
