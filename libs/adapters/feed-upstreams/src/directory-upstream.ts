import { createHash } from 'node:crypto';
import { createReadStream, type BigIntStats } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ClarionError, type FetchResult, type Upstream, type DocumentValidators } from '@clarion/model';
import {
  compressionSuffixes,
  decompress,
  type DecompressLimits,
  defaultDecompressLimits,
  stripSuffix,
} from './decompress';
import { counted } from './counted';
import { isPlainName, pathSegments } from './document-path';

export interface DirectoryOptions {
  readonly limits?: DecompressLimits;
}

/** Most names that are listed of one folder. */
const maxNames = 100_000;

/**
 * Reads a feed's documents from a folder with the layout of the upstream. Every file may also be compressed (`json.xz`
 * for `json`), or unpacked where the upstream has it compressed. A file whose stamp (size, inode and change times) or
 * decoded content is known is unchanged. Throws `not-found` when the folder does not exist, `upstream-unavailable` when
 * a file cannot be read, or when the name belongs to something that is not a file: a folder, a pipe, a broken link.
 */
export function directoryUpstream(directory: string, options: DirectoryOptions = {}): Upstream {
  const limits = options.limits ?? defaultDecompressLimits;
  return {
    get: (name, validators) => getFile(directory, name, { validators, limits }),
    list: (folder) => listFolder(directory, folder),
  };
}

interface Request {
  readonly validators: DocumentValidators | undefined;
  readonly limits: DecompressLimits;
}

async function getFile(directory: string, name: string, request: Request): Promise<FetchResult> {
  const found = await findFile(path.join(directory, ...pathSegments(name)));
  if (found === undefined) {
    // A missing file is an answer, a missing folder (unmounted, misspelt) is not.
    await requireFolder(directory);
    return { kind: 'missing' };
  }
  const { validators, limits } = request;
  const etag = stampOf(found);
  const modifiedAt = found.stats.mtime.toISOString();
  if (validators?.etag === etag) return { kind: 'unchanged', modifiedAt };
  if (validators?.contentDigest !== undefined) {
    // Copied again, perhaps with another compression: reading is far cheaper than parsing.
    const digest = await digestOf(decompress(readFile(found.file), limits));
    if (digest === validators.contentDigest) return { kind: 'unchanged', modifiedAt };
  }
  const { bytes, received } = counted(readFile(found.file));
  const size = Number(found.stats.size);
  return { kind: 'content', body: decompress(bytes, limits), validators: { etag }, modifiedAt, size, received };
}

interface Found {
  readonly file: string;
  readonly stats: BigIntStats;
}

/**
 * Throws `upstream-unavailable` where the name belongs to something other than a file: a document is missing only if
 * the name does not exist.
 */
async function findFile(named: string): Promise<Found | undefined> {
  const unpacked = stripSuffix(named);
  let other: string | undefined;
  for (const file of new Set([named, ...compressionSuffixes.map((suffix) => `${named}${suffix}`), unpacked])) {
    const stats = await statOf(file);
    if (stats?.isFile() === true) return { file, stats };
    other ??= await kindOf(file, stats);
  }
  if (other === undefined) return undefined;
  throw new ClarionError('upstream-unavailable', other);
}

/** Describes what has the name but is not a file; undefined if nothing has the name. */
async function kindOf(file: string, stats: BigIntStats | undefined): Promise<string | undefined> {
  if (stats !== undefined)
    return `${file} is ${stats.isDirectory() ? 'a folder' : 'a pipe, a socket or a device'}, not a file`;
  return (await isThere(file)) ? `${file} is a link to something that is not there` : undefined;
}

/** Whether the name itself exists, even as a broken link. */
async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw unreadable(file, error);
  }
}

async function statOf(file: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(file, { bigint: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(file, error);
  }
}

/** Tools cannot set the change time back, so a rewrite of equal size within one tick is detected too. */
function stampOf({ stats }: Found): string {
  return [stats.size, stats.ino, stats.mtimeNs, stats.ctimeNs].join('-');
}

async function* readFile(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file, { highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function digestOf(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of body) hash.update(chunk);
  } catch {
    // Damaged: reading the content reports the error.
    return undefined;
  }
  return `sha256:${hash.digest('hex')}`;
}

async function listFolder(directory: string, folder: string): Promise<readonly string[]> {
  const absolute = path.join(directory, ...pathSegments(folder));
  await requireFolder(absolute);
  const names = new Set<string>();
  for (const name of await readdir(absolute)) {
    if (!isPlainName(name) || name.startsWith('.')) continue;
    // stat follows links: mirrors are often trees of them.
    const stats = await statOf(path.join(absolute, name));
    if (stats?.isDirectory() === true) names.add(`${name}/`);
    // A broken link and a pipe have names as well: reading one reports why it cannot be read.
    else if (stats !== undefined || (await isThere(path.join(absolute, name)))) names.add(stripSuffix(name));
    if (names.size > maxNames) throw new ClarionError('limit-exceeded', `${absolute} holds too many files`);
  }
  return [...names].sort();
}

async function requireFolder(directory: string): Promise<void> {
  const stats = await statOf(directory);
  if (stats?.isDirectory() === true) return;
  throw new ClarionError('not-found', `Feed directory ${directory} does not exist`, {
    remedy: 'give the folder that holds the feed under its upstream file names',
  });
}

function unreadable(file: string, cause: unknown): ClarionError {
  return new ClarionError('upstream-unavailable', `File ${file} cannot be read`, { cause });
}
