import { compileFileFilters } from '@clarion/layer-archive';
import type { LayerEntry } from '@clarion/model';
import { recognisedFiles, type SignKind } from './ecosystem-table';

/** By the index of the files in the table. */
const signs = compileFileFilters(
  recognisedFiles.map(({ paths }, index) => ({ id: String(index), files: { paths, maxBytes: 0 } })),
);

/** The last two characters, which are literal in every glob, rule out nearly all files. */
const lastCharacters = new Set(recognisedFiles.flatMap(({ paths }) => paths.map(endOf)));

function endOf(path: string): number {
  return path.charCodeAt(path.length - 2) * 0x10000 + path.charCodeAt(path.length - 1);
}

/**
 * Directories for the distribution's packages (the Filesystem Hierarchy Standard leaves `/usr/local`, `/opt` and
 * `/srv` to others). Files there that these packages own belong to the distribution, whose advisories cover them.
 */
export function isOfDistribution(path: string): boolean {
  if (path.startsWith('usr/')) return !path.startsWith('usr/local/');
  return /^(?:s?bin|lib(?:32|64|x32)?|etc|boot|var\/(?:lib|cache))\//.test(path);
}

/** The archive of the Java runtime itself is not a Maven package. */
const runtimeArchive = '/jrt-fs.jar';

/** What the path of an entry is a sign of; undefined for nearly all. */
export function signOf({ path, type }: LayerEntry): SignKind | undefined {
  if ((type !== 'file' && type !== 'hardlink') || !lastCharacters.has(endOf(path))) return undefined;
  const [index] = signs.match(path);
  return index === undefined || path.endsWith(runtimeArchive) ? undefined : recognisedFiles[Number(index)]?.kind;
}

/** Files inside packages of a language belong to those packages. */
const insidePackage = /(?:^|\/)(?:node_modules|(?:site|dist)-packages|gems)\//;
/** The smallest header of a program; a smaller WebAssembly module contains no packages. */
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
  return !isInsidePackage(path);
}

/** Whether the path is inside a package of Node, Python or Ruby. */
export function isInsidePackage(path: string): boolean {
  return insidePackage.test(path);
}

function isCalledLibrary(path: string): boolean {
  const dot = path.indexOf('.', path.lastIndexOf('/') + 1);
  return dot >= 0 && library.test(path.slice(dot));
}

/** Smaller executable files are mostly scripts. */
export const largestScript = 1024 * 1024;

/** Whether a file is probably a program, where its bytes are unavailable. */
export function looksLikeProgram({ size, mode }: LayerEntry): boolean {
  return (mode & 0o111) !== 0 && size >= largestScript;
}
