import { compileWants } from '@clarion/layer-archive';
import type { LayerEntry } from '@clarion/model';
import { ecosystems } from './ecosystem-table';

const signs = compileWants(ecosystems.map(({ id, paths }) => ({ id, wants: { paths, maxBytes: 0 } })));
const anywhere = compileWants(
  ecosystems.map(({ id, everywhere = [] }) => ({ id, wants: { paths: everywhere, maxBytes: 0 } })),
);

/** Nearly all files are in the distribution's directories: most of them are told from the globs by how these end. */
const lastCharacters = new Set(
  ecosystems.flatMap(({ everywhere = [] }) => everywhere.map((glob) => glob.charCodeAt(glob.length - 1))),
);

/**
 * Directories that the distribution's packages fill (the Filesystem Hierarchy Standard leaves `/usr/local` and `/opt` to others).
 * What is in there is the distribution's, whose advisories speak about it.
 */
function isOfDistribution(path: string): boolean {
  if (path.startsWith('usr/')) return !path.startsWith('usr/local/');
  return /^(?:s?bin|lib(?:32|64|x32)?|etc|boot|var\/(?:lib\/(?:dpkg|apk|rpm|pacman)|cache))\//.test(path);
}

/** npm and corepack come with Node's own packages. */
const withNode = /^usr\/lib\/node_modules\/(?:npm|corepack)\//;
/** The runtime's own archive of the Java Development Kit is no package of Maven. */
const runtimeArchive = '/jrt-fs.jar';

/** The ecosystem that an entry is a sign of by its path; undefined for nearly all. */
export function ecosystemOf({ path, type }: LayerEntry): string | undefined {
  if (type !== 'file' && type !== 'hardlink') return undefined;
  if (isOfDistribution(path)) {
    if (!lastCharacters.has(path.charCodeAt(path.length - 1))) return undefined;
    const [id] = anywhere.match(path);
    return id !== undefined && !withNode.test(path) ? id : undefined;
  }
  const [id] = signs.match(path);
  return path.endsWith(runtimeArchive) ? undefined : id;
}

/** What packages of a language bring is theirs. */
const insidePackage = /(?:^|\/)(?:node_modules|(?:site|dist)-packages|gems)\//;
/** The header of any program. */
const smallestProgram = 64;

/** Whether the first bytes of a file, which is no sign by its path, tell something. */
export function mayBeProgram({ path, type, size }: LayerEntry): boolean {
  return type === 'file' && size >= smallestProgram && !isOfDistribution(path) && !insidePackage.test(path);
}

/** What is smaller and executable is mostly a script. */
const largestScript = 1024 * 1024;

/** Whether a file is rather a program, where its bytes cannot be had. */
export function looksLikeProgram({ size, mode }: LayerEntry): boolean {
  return (mode & 0o111) !== 0 && size >= largestScript;
}
