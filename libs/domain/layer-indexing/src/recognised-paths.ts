import { compileFileFilters } from '@clarion/layer-archive';
import type { LayerEntry } from '@clarion/model';
import { ecosystems } from './ecosystem-table';

const signs = compileFileFilters(ecosystems.map(({ id, paths }) => ({ id, wants: { paths, maxBytes: 0 } })));

/** The last two characters, which are literal in every glob, rule out nearly all files. */
const lastCharacters = new Set(ecosystems.flatMap(({ paths }) => paths.map(endOf)));

function endOf(path: string): number {
  return path.charCodeAt(path.length - 2) * 0x10000 + path.charCodeAt(path.length - 1);
}

/**
 * Directories that the distribution's packages fill (the Filesystem Hierarchy Standard leaves `/usr/local`, `/opt` and `/srv` to
 * others). What these packages own there is the distribution's, whose advisories speak about it.
 */
export function isOfDistribution(path: string): boolean {
  if (path.startsWith('usr/')) return !path.startsWith('usr/local/');
  return /^(?:s?bin|lib(?:32|64|x32)?|etc|boot|var\/(?:lib|cache))\//.test(path);
}

/** The runtime's own archive of the Java Development Kit is no package of Maven. */
const runtimeArchive = '/jrt-fs.jar';

/** The ecosystem that an entry is a sign of by its path; undefined for nearly all. */
export function ecosystemOf({ path, type }: LayerEntry): string | undefined {
  if ((type !== 'file' && type !== 'hardlink') || !lastCharacters.has(endOf(path))) return undefined;
  const [id] = signs.match(path);
  return path.endsWith(runtimeArchive) ? undefined : id;
}

/** What packages of a language bring is theirs. */
const insidePackage = /(?:^|\/)(?:node_modules|(?:site|dist)-packages|gems)\//;
/** The header of any program; a smaller module of WebAssembly brings no packages. */
const smallestProgram = 64;
/** Libraries are not executable everywhere. */
const library = /\.(?:so(?:\.[^/]*)?|dll|exe|dylib|wasm)$/;

/**
 * Whether to read the first bytes of a file that is not a sign by its path. The distribution's directories have many
 * thousands of files: of those, only executables and files named like a library.
 */
export function mayBeProgram(entry: LayerEntry): boolean {
  return entry.type === 'file' && entry.size >= smallestProgram && mayBeCalledProgram(entry);
}

/** The same by name and mode alone. */
export function mayBeCalledProgram({ path, mode }: Pick<LayerEntry, 'path' | 'mode'>): boolean {
  if ((mode & 0o111) === 0 && isOfDistribution(path) && !isCalledLibrary(path)) return false;
  return !insidePackage.test(path);
}

function isCalledLibrary(path: string): boolean {
  const dot = path.indexOf('.', path.lastIndexOf('/') + 1);
  return dot >= 0 && library.test(path.slice(dot));
}

/** What is smaller and executable is mostly a script. */
const largestScript = 1024 * 1024;

/** Whether a file is rather a program, where its bytes cannot be had. */
export function looksLikeProgram({ size, mode }: LayerEntry): boolean {
  return (mode & 0o111) !== 0 && size >= largestScript;
}
