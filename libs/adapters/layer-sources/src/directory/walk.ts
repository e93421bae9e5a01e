import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import {
  type ByteSource,
  ClarionError,
  headBytes,
  type LayerEntry,
  type LayerVisitor,
  type ReadRequest,
} from '@clarion/model';
import { errorCode } from '../files';

export interface WalkLimits {
  readonly entries: number;
  readonly pathBytes: number;
}

export interface WalkOptions {
  readonly limits?: Partial<WalkLimits>;
  readonly signal?: AbortSignal;
}

const defaultWalkLimits: WalkLimits = { entries: 2_000_000, pathBytes: 4096 };

/** Kernel views, not files of the system; left out where they are mounted. */
const pseudoFilesystems = new Set(['dev', 'proc', 'sys']);

/** Calls between two turns of the event loop: synchronous calls are several times faster than awaited ones. */
const batch = 512;

interface Walk {
  readonly root: Buffer;
  readonly rootDevice: number;
  readonly visitor: LayerVisitor;
  readonly limits: WalkLimits;
  readonly signal: AbortSignal | undefined;
  /** First name of each file that has several, by device and inode. */
  readonly firstNames: Map<string, string>;
  /** Files that the visitor asked to open, which is done after its call. */
  readonly opening: { readonly entry: LayerEntry; readonly relative: Buffer }[];
  entries: number;
}

/**
 * Delivers a directory tree like the tar of it: parents before children, names in byte order, links as links. Links are
 * never followed. Names are bytes for the system; a name that is not UTF-8 is delivered with replacement characters.
 */
export async function walkDirectory(root: string, visitor: LayerVisitor, options: WalkOptions = {}): Promise<void> {
  const walk: Walk = {
    root: Buffer.from(root),
    rootDevice: lstatSync(root).dev,
    visitor,
    limits: { ...defaultWalkLimits, ...options.limits },
    signal: options.signal,
    firstNames: new Map(),
    opening: [],
    entries: 0,
  };
  const pending: Buffer[] = [Buffer.alloc(0)];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const subfolders: Buffer[] = [];
    for (const name of namesIn(folder, walk)) {
      const relative = join(folder, name);
      if (visit(relative, walk)) subfolders.push(relative);
      if (walk.opening.length > 0) await openAll(walk);
      if (walk.entries % batch === 0) {
        await setImmediate();
        options.signal?.throwIfAborted();
      }
    }
    pending.push(...subfolders.reverse());
  }
}

const slash = Buffer.from('/');

function join(folder: Buffer, name: Buffer): Buffer {
  return folder.length === 0 ? name : Buffer.concat([folder, slash, name]);
}

function absolute(relative: Buffer, walk: Walk): Buffer {
  return relative.length === 0 ? walk.root : Buffer.concat([walk.root, slash, relative]);
}

function namesIn(folder: Buffer, walk: Walk): Buffer[] {
  try {
    return readdirSync(absolute(folder, walk), { encoding: 'buffer' }).sort((a, b) => a.compare(b));
  } catch (error) {
    report(error, folder, walk);
    return [];
  }
}

/** Delivers one entry and returns whether it is a directory to walk into. */
function visit(relative: Buffer, walk: Walk): boolean {
  if (++walk.entries > walk.limits.entries) {
    throw new ClarionError('limit-exceeded', `${walk.root.toString()} has more than ${walk.limits.entries} entries`);
  }
  if (relative.length > walk.limits.pathBytes) {
    reportUnread(`is longer than ${walk.limits.pathBytes} bytes and was not read`, relative, walk);
    return false;
  }
  try {
    const stats = lstatSync(absolute(relative, walk));
    const entry = entryOf(relative, stats, walk);
    const limit = walk.visitor.entry(entry);
    if (entry.type === 'file' && limit !== undefined) deliver(entry, relative, { limit, walk });
    return entry.type === 'directory' && !isPseudoFilesystem(entry.path, stats, walk);
  } catch (error) {
    report(error, relative, walk);
    return false;
  }
}

function isPseudoFilesystem(path: string, stats: Stats, walk: Walk): boolean {
  return pseudoFilesystems.has(path) && stats.dev !== walk.rootDevice;
}

function typeOf(stats: Stats): LayerEntry['type'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  return stats.isCharacterDevice() ? 'character-device' : 'other';
}

function entryOf(relative: Buffer, stats: Stats, walk: Walk): LayerEntry {
  const path = relative.toString();
  const type = typeOf(stats);
  const first = type === 'file' && stats.nlink > 1 ? firstName(path, stats, walk) : path;
  if (first !== path)
    return { path, type: 'hardlink', size: 0, mode: stats.mode & 0o7777, link: first, nullDevice: false };
  return {
    path,
    type,
    size: type === 'file' ? stats.size : 0,
    mode: stats.mode & 0o7777,
    link: type === 'symlink' ? readlinkSync(absolute(relative, walk)) : '',
    nullDevice: type === 'character-device' && stats.rdev === 0,
  };
}

function firstName(path: string, stats: Stats, walk: Walk): string {
  const key = `${stats.dev}:${stats.ino}`;
  const known = walk.firstNames.get(key);
  if (known === undefined) walk.firstNames.set(key, path);
  return known ?? path;
}

interface Delivery {
  readonly limit: ReadRequest;
  readonly walk: Walk;
}

function deliver(entry: LayerEntry, relative: Buffer, { limit, walk }: Delivery): void {
  if (limit === 'open') {
    walk.opening.push({ entry, relative });
    return;
  }
  if (limit !== 'head' && entry.size > limit) {
    walk.visitor.oversized(entry);
    return;
  }
  const descriptor = openFile(relative, walk);
  try {
    if (!fstatSync(descriptor).isFile()) {
      reportUnread('is no longer a file', relative, walk);
      return;
    }
    if (limit === 'head') {
      const head = readUpTo(descriptor, Math.min(entry.size, headBytes));
      if (walk.visitor.head?.(entry, head) === 'open') walk.opening.push({ entry, relative });
      return;
    }
    const content = readUpTo(descriptor, entry.size);
    walk.visitor.content({ ...entry, size: content.length }, content);
  } finally {
    closeSync(descriptor);
  }
}

/** A link or a pipe that replaced the file in the meantime is neither opened nor waited for. */
function openFile(relative: Buffer, walk: Walk): number {
  return openSync(absolute(relative, walk), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
}

async function openAll(walk: Walk): Promise<void> {
  for (const { entry, relative } of walk.opening.splice(0)) {
    let descriptor: number | undefined;
    try {
      descriptor = openFile(relative, walk);
      const stats = fstatSync(descriptor);
      if (stats.isFile()) await walk.visitor.opened?.(entry, sourceOf(descriptor, stats.size), checkOf(walk));
      else reportUnread('is no longer a file', relative, walk);
    } catch (error) {
      report(error, relative, walk);
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

function checkOf({ signal }: Walk): () => void {
  return () => signal?.throwIfAborted();
}

function sourceOf(descriptor: number, size: number): ByteSource {
  return {
    size,
    read(offset, length) {
      const bytes = Buffer.alloc(Math.max(Math.min(length, size - offset), 0));
      return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset));
    },
  };
}

function readUpTo(descriptor: number, size: number): Uint8Array {
  const content = Buffer.alloc(size);
  let filled = 0;
  while (filled < size) {
    const read = readSync(descriptor, content, filled, size - filled, filled);
    if (read === 0) break;
    filled += read;
  }
  return content.subarray(0, filled);
}

/** Reports a failure of the file system; other errors are rethrown. */
function report(error: unknown, relative: Buffer, walk: Walk): void {
  const code = errorCode(error);
  if (error instanceof ClarionError || code === '') throw error;
  if (code === 'ENOENT') return; // deleted since its directory was read
  reportUnread(`could not be read: ${code}`, relative, walk);
}

/**
 * Reports an unread file to the visitor. Without a problem handler it throws: an unread file must not look like an
 * absent one.
 */
function reportUnread(what: string, relative: Buffer, walk: Walk): void {
  const path = relative.toString();
  const message = `${path === '' ? 'The root directory' : path.slice(0, 300)} ${what}`;
  if (walk.visitor.problem === undefined) {
    throw new ClarionError('invalid-input', message, { remedy: 'read it with the permissions of its owner' });
  }
  walk.visitor.problem({ code: 'bad-archive-entry', path, message });
}
