import { createReadStream, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import {
  decompress,
  isSettled,
  listTar,
  normalisePath,
  sniffCompression,
  stampOf,
  type TarMember,
} from '@clarion/layer-archive';
import { ClarionError } from '@clarion/model';
import { type FileContent, fileFailure, notThere, readRegion, statOf } from './files';
import { atMost, describeLimits } from './limits';
import { spool, type SpoolFile } from './spool';

/** An archive of files that hold images; members are found by name and read in place. */
export interface TarArchive {
  /** The file as the user named it. */
  readonly label: string;
  /** Names of all regular members, as normalised paths. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /**
   * Bytes of a small member. Throws `not-found`, `limit-exceeded`, and `corrupt-data` where several members of the name have
   * different bytes: some programs read the first one, others the last.
   */
  read(name: string, maxBytes: number): Promise<Uint8Array>;
  /** The location of a member. Throws `not-found`. */
  region(name: string): FileContent;
  close(): Promise<void>;
}

/** Bytes needed to identify a compression format and to read a whole tar header. */
const headBytes = 512;

/**
 * Indexes an archive. A compressed one is decompressed once into a temporary file. Throws `not-found`,
 * `corrupt-data` (truncated), `invalid-input` (not an archive).
 */
export async function openTarArchive(file: string, signal?: AbortSignal): Promise<TarArchive> {
  const stats = await statOf(file);
  if (stats === undefined) throw notThere(file);
  if (stats.isDirectory()) {
    throw new ClarionError('invalid-input', `${file} is a directory, not an archive`, {
      remedy: 'use oci: for an image layout and dir: for a root filesystem',
    });
  }
  const spooled = await unpackWhereNeeded(file, stats, signal);
  try {
    const members = await listMembers(spooled?.path ?? file, file);
    return archiveOf({ label: file, path: spooled?.path ?? file, members, spooled });
  } catch (error) {
    await spooled?.close();
    throw error;
  }
}

/**
 * Indexes an archive that arrives as a stream, compressed or not: it is written to one temporary file of at most
 * `maxBytes` unpacked bytes. Throws `limit-exceeded`, and the errors of `openTarArchive`.
 */
export async function openStreamedArchive(
  stream: AsyncIterable<Uint8Array>,
  { label, maxBytes, signal }: { readonly label: string; readonly maxBytes: number; readonly signal?: AbortSignal },
): Promise<TarArchive> {
  const content = decompress(stream, { label, signal, borrowed: true });
  const spooled = await spool(atMostBytes(content, { label, maxBytes, signal })).catch((error: unknown) => {
    throw archiveFailure(error, label);
  });
  try {
    return archiveOf({ label, path: spooled.path, members: await listMembers(spooled.path, label), spooled });
  } catch (error) {
    await spooled.close();
    throw error;
  }
}

interface StreamBound {
  readonly label: string;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

/** The same chunks; throws `limit-exceeded` when they are more than `maxBytes`. */
export async function* atMostBytes(
  chunks: AsyncIterable<Uint8Array>,
  { label, maxBytes, signal }: StreamBound,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new ClarionError('limit-exceeded', `${label} has more than ${maxBytes} bytes`);
    yield chunk;
  }
}

/** Compressed input, and pipes, which can be read only once, are written to a temporary file. */
async function unpackWhereNeeded(
  file: string,
  stats: Stats,
  signal: AbortSignal | undefined,
): Promise<Unpacked | undefined> {
  if (stats.isFIFO()) return unpackFrom(createReadStream(file, { highWaterMark: readBytes }), file, signal);
  if (!stats.isFile()) throw new ClarionError('invalid-input', `${file} is neither a file nor a directory`);
  const compression = sniffCompression(await readRegion(file, 0, headBytes));
  return compression === 'none' ? undefined : unpack(file, signal);
}

/**
 * A temporary file, and the stamp of the file that it was unpacked from, unless that may have changed in the meantime.
 */
interface Unpacked extends SpoolFile {
  readonly from?: string;
}

const readBytes = 1024 * 1024;

async function unpack(file: string, signal: AbortSignal | undefined): Promise<Unpacked> {
  let handle: FileHandle | undefined;
  try {
    const began = Date.now();
    handle = await open(file);
    const before = await handle.stat({ bigint: true });
    const stream = handle.createReadStream({ highWaterMark: readBytes, autoClose: false, start: 0 });
    const unpacked = await unpackFrom(stream, file, signal);
    const after = await handle.stat({ bigint: true });
    const from = stampOf(before);
    return isSettled(before, began) && stampOf(after) === from ? { ...unpacked, from } : unpacked;
  } catch (error) {
    throw archiveFailure(fileFailure(error, file), file);
  } finally {
    await handle?.close();
  }
}

async function unpackFrom(
  stream: AsyncIterable<Uint8Array>,
  label: string,
  signal: AbortSignal | undefined,
): Promise<SpoolFile> {
  try {
    return await spool(decompress(stream, { label, signal, borrowed: true }));
  } catch (error) {
    throw archiveFailure(fileFailure(error, label), label);
  }
}

async function listMembers(file: string, label: string): Promise<readonly TarMember[]> {
  try {
    return await listTar({ path: file });
  } catch (error) {
    throw archiveFailure(error, label);
  }
}

/** Names the user's file, not the temporary one, and adds a remedy. */
function archiveFailure(error: unknown, label: string): unknown {
  if (!(error instanceof ClarionError)) return error;
  if (error.code === 'invalid-input') {
    return new ClarionError('invalid-input', `${label} is not an image archive`, {
      cause: error,
      remedy: 'an image archive is what docker save writes or an OCI layout as tar, plain or compressed',
    });
  }
  if (error.code !== 'corrupt-data') return error;
  return new ClarionError('corrupt-data', `${label} is cut short or damaged`, {
    cause: error,
    remedy: 'save or copy the image again',
  });
}

interface Contents {
  readonly label: string;
  readonly path: string;
  readonly members: readonly TarMember[];
  readonly spooled: Unpacked | undefined;
}

function archiveOf({ label, path: file, members, spooled }: Contents): TarArchive {
  const byName = new Map(members.map((member) => [member.path, member]));
  const copies = earlierCopies(members, byName);
  const find = (name: string): TarMember | undefined => followLinks(name, byName);
  const need = (name: string): TarMember => {
    const found = find(name);
    if (found === undefined) throw new ClarionError('not-found', `${label} has no member ${name}`);
    return found;
  };
  return {
    label,
    names: [...byName.keys()],
    has: (name) => find(name) !== undefined,
    async read(name, maxBytes) {
      const { path: found, offset, size } = need(name);
      if (size > maxBytes) {
        throw new ClarionError('limit-exceeded', `${name} in ${label} is larger than ${maxBytes} bytes`);
      }
      const bytes = await readRegion(file, offset, size);
      await requireEqualCopies(bytes, copies.get(found) ?? [], { file, name, label });
      return bytes;
    },
    region(name) {
      const { offset, size } = need(name);
      const region = { kind: 'file', path: file, offset, length: size } as const;
      if (spooled === undefined) return region;
      const { from } = spooled;
      return { ...region, temporary: from === undefined ? {} : { unpackedFrom: from } };
    },
    close: () => spooled?.close() ?? Promise.resolve(),
  };
}

/** Members that a later member with the same name replaces. */
function earlierCopies(
  members: readonly TarMember[],
  last: ReadonlyMap<string, TarMember>,
): ReadonlyMap<string, readonly TarMember[]> {
  const copies = new Map<string, TarMember[]>();
  for (const member of members) {
    if (last.get(member.path) === member || member.type === 'directory') continue;
    const known = copies.get(member.path);
    if (known === undefined) copies.set(member.path, [member]);
    else known.push(member);
  }
  return copies;
}

async function requireEqualCopies(
  bytes: Uint8Array,
  copies: readonly TarMember[],
  { file, name, label }: { readonly file: string; readonly name: string; readonly label: string },
): Promise<void> {
  atMost(copies.length, describeLimits.copies, `Members ${name} of ${label}`);
  for (const { type, offset, size } of copies) {
    const isEqual =
      type === 'file' && size === bytes.length && Buffer.compare(await readRegion(file, offset, size), bytes) === 0;
    if (isEqual) continue;
    throw new ClarionError('corrupt-data', `${label} has ${name} more than once, with different contents`, {
      remedy: 'save the image again',
    });
  }
}

/** The regular file a name leads to; older Docker versions write a layer met twice as a symbolic link. */
function followLinks(name: string, members: ReadonlyMap<string, TarMember>): TarMember | undefined {
  let at: string | undefined = normalisePath(name);
  for (let hops = 0; at !== undefined && hops < describeLimits.linkHops; hops++) {
    const member: TarMember | undefined = members.get(at);
    if (member === undefined || member.type === 'file') return member;
    if (member.type === 'hardlink') at = normalisePath(member.link);
    else if (member.type === 'symlink') at = normalisePath(path.posix.join(path.posix.dirname(at), member.link));
    else return undefined;
  }
  return undefined;
}
