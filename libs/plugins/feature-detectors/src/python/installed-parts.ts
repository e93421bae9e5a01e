import { problemList } from '@clarion/file-formats';
import type { WantedFile } from '@clarion/model';
import { nothingParsed, type ParsedPackages } from '../parsed';

const part = /^(.*\.dist-info)\/(?:INSTALLER|WHEEL)$/;

/** The files beside the metadata of installed packages, in one layer. */
export interface InstalledParts {
  /** The problem of a directory without metadata, once; undefined for a file that is no such part. */
  parse(file: WantedFile): ParsedPackages | undefined;
}

/**
 * A `dist-info` without `METADATA` is what an interrupted installation or a cleaned image leaves: pip lists no name for it,
 * though its modules may be there. The name of the directory alone is no evidence of a package.
 */
export function partsOfInstalled(files: readonly WantedFile[]): InstalledParts {
  const seen = new Set<string>();
  for (const { path } of files) if (path.endsWith('/METADATA')) seen.add(path.slice(0, path.lastIndexOf('/')));
  return {
    parse({ path }) {
      const [, directory] = part.exec(path) ?? [];
      if (directory === undefined) return undefined;
      if (seen.has(directory)) return nothingParsed;
      seen.add(directory);
      const { note, problems } = problemList(path);
      note('bad-record', 'The metadata of this Python package is missing: its name and version are not known');
      return { features: [], problems: problems() };
    },
  };
}
