import { compileFileFilters, type FileFilterMatcher } from '@clarion/layer-archive';
import type { FileFilter } from '@clarion/model';

/**
 * The file filters of detectors, by how they select. Files that match a filter by name are recorded whatever is in them.
 * Of filters by content, which may be for any name, only the files that are given to the detector are.
 */
export interface LayerFilters {
  readonly byName: FileFilterMatcher;
  /** Undefined where no detector has one. */
  readonly byContent: FileFilterMatcher | undefined;
}

export function compileLayerFilters(
  detectors: readonly { readonly id: string; readonly files: FileFilter }[],
): LayerFilters {
  const byContent = detectors.filter(({ files }) => selectsByContent(files));
  return {
    byName: compileFileFilters(detectors.filter((detector) => !byContent.includes(detector))),
    byContent: byContent.length === 0 ? undefined : compileFileFilters(byContent),
  };
}

/** Whether a filter selects by the execute bit or the first bytes of files. */
export function selectsByContent({ executable = false, magic }: FileFilter): boolean {
  return executable || magic !== undefined;
}
