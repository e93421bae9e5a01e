import { constants, crc32, inflateRawSync } from 'node:zlib';
import { ClarionError } from '@clarion/model';
import type { ArchiveMember, ArchiveRules } from './archive-member';
import type { ByteReader } from './byte-reader';
import { ZipDirectory } from './zip-directory';
import { localHeaderBytes, parseLocalHeader, readDescriptor, signatures, type ZipEntry } from '../zip/zip-headers';

/** Maximum number of bytes from one stored byte, once more than `ratioFreeBytes` came out of the archive. */
const maxRatio = 200;
const ratioFreeBytes = 100 * 1024 * 1024;
/** An entry with its length after the data must be inflated to find its end, accepted or not. */
const unwantedBytes = 64 * 1024 * 1024;

/**
 * Reads a zip (PKWARE APPNOTE 6.3.10) from front to back by its local headers, one entry in memory at a time, and then
 * compares what it found with the central directory: both must name the same entries at the same offsets with the same
 * sizes and checksums. So nothing is hidden from either way of reading, and a cut archive is detected.
 */
export async function* zipMembers(reader: ByteReader, rules: ArchiveRules): AsyncGenerator<ArchiveMember> {
  const directory = new ZipDirectory(rules.label);
  const spent = { bytes: 0 };
  for (;;) {
    const start = reader.position;
    const signature = (await reader.take(4)).readUInt32LE(0);
    if (signature !== signatures.localHeader) {
      await directory.check(reader, signature);
      return;
    }
    if (directory.size >= rules.entries)
      throw new ClarionError('limit-exceeded', `${rules.label}: more than ${rules.entries} entries`);
    const entry = await readLocalHeader(reader, rules.label);
    const read = await readEntry({ reader, rules, entry });
    directory.add({ ...read.entry, offset: start });
    spent.bytes += read.entry.size;
    checkSpent(spent.bytes, reader.position, rules);
    if (read.member !== undefined) yield read.member;
  }
}

function checkSpent(bytes: number, stored: number, { label, totalBytes }: ArchiveRules): void {
  if (bytes > totalBytes) throw new ClarionError('limit-exceeded', `${label}: larger than ${totalBytes} bytes inside`);
  if (bytes > ratioFreeBytes && bytes > stored * maxRatio)
    throw new ClarionError('limit-exceeded', `${label}: expands to more than ${maxRatio} times its size`);
}

async function readLocalHeader(reader: ByteReader, label: string): Promise<ZipEntry> {
  const fixed = await reader.take(localHeaderBytes - 4);
  const variable = await reader.take(fixed.readUInt16LE(22) + fixed.readUInt16LE(24));
  return parseLocalHeader(fixed, variable, label);
}

interface EntryReading {
  readonly reader: ByteReader;
  readonly rules: ArchiveRules;
  readonly entry: ZipEntry;
}

interface EntryRead {
  /** With the sizes and the checksum that followed its data. */
  readonly entry: ZipEntry;
  readonly member?: ArchiveMember;
}

async function readEntry(reading: EntryReading): Promise<EntryRead> {
  const { reader, rules, entry } = reading;
  if (entry.sizesFollow) return readOpenEntry(reading);
  const isAccepted = !entry.name.endsWith('/') && rules.accept(entry.name);
  const obstacle = isAccepted ? obstacleOf(entry, rules.memberBytes) : undefined;
  if (!isAccepted || obstacle !== undefined) {
    await reader.skip(entry.storedSize);
    return { entry, ...(obstacle === undefined ? {} : { member: { name: entry.name, problem: obstacle } }) };
  }
  const stored = await reader.take(entry.storedSize);
  const content = entry.method === 0 ? stored : inflate(stored, reading).content;
  if (content.length !== entry.size || crc32(content) !== entry.checksum)
    throw damaged(reading, 'its checksum is wrong');
  return { entry, member: { name: entry.name, content } };
}

function obstacleOf({ encrypted, method, size, storedSize }: ZipEntry, memberBytes: number): string | undefined {
  if (encrypted) return 'It is encrypted';
  if (method !== 0 && method !== 8) return `Compression method ${method} is not supported`;
  if (Math.max(size, storedSize) > memberBytes) return `Its ${size} bytes are more than ${memberBytes}`;
  return undefined;
}

/** An entry with its sizes after the data (as Go's archive/zip writes it): the deflate stream itself marks its end. */
async function readOpenEntry(reading: EntryReading): Promise<EntryRead> {
  const { reader, rules, entry } = reading;
  if (entry.method !== 8 || entry.encrypted) throw damaged(reading, 'its length is not known beforehand');
  const { content, storedSize } = await inflateOpen(reading);
  await reader.skip(storedSize);
  const found = { checksum: crc32(content), storedSize, size: content.length };
  const length = readDescriptor(await reader.peek(24), found, entry.zip64);
  if (length === undefined) throw damaged(reading, 'its checksum is wrong');
  await reader.skip(length);
  const complete = { ...entry, ...found };
  if (entry.name.endsWith('/') || !rules.accept(entry.name)) return { entry: complete };
  if (content.length <= rules.memberBytes) return { entry: complete, member: { name: entry.name, content } };
  const problem = `Its ${content.length} bytes are more than ${rules.memberBytes}`;
  return { entry: complete, member: { name: entry.name, problem } };
}

interface Inflated {
  readonly content: Buffer;
  /** Bytes of the deflate stream. */
  readonly storedSize: number;
}

async function inflateOpen(reading: EntryReading): Promise<Inflated> {
  // Twice as many bytes at each attempt: all attempts together cost no more than two.
  for (let count = 16 * 1024; ; count *= 2) {
    const stored = await reading.reader.peek(count);
    try {
      return inflate(stored, reading);
    } catch (error) {
      const mayEndLater = error instanceof EndsEarly && stored.length >= count;
      if (!mayEndLater) throw error instanceof EndsEarly ? damaged(reading, 'it is cut off') : error;
    }
    if (count > limitOf(reading)) throw tooLarge(reading);
  }
}

/** The deflate stream did not end within the bytes given. */
class EndsEarly extends Error {}

function inflate(stored: Buffer, reading: EntryReading): Inflated {
  try {
    const options = { info: true, maxOutputLength: limitOf(reading), finishFlush: constants.Z_FINISH } as const;
    // With `info` the result includes the engine; the typings of Node 20 do not declare it.
    const { buffer, engine } = inflateRawSync(stored, options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    return { content: buffer, storedSize: engine.bytesWritten };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'Z_BUF_ERROR' && reading.entry.sizesFollow) throw new EndsEarly();
    if (code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(reading);
    throw damaged(reading, 'it is not a deflate stream');
  }
}

/** A known size was already compared with the limit; more than the declared size is an error. */
function limitOf({ entry, rules }: EntryReading): number {
  return entry.sizesFollow ? Math.max(rules.memberBytes, unwantedBytes) : Math.max(entry.size, 1);
}

function tooLarge(reading: EntryReading): ClarionError {
  if (!reading.entry.sizesFollow) return damaged(reading, 'it is larger than it says');
  const { rules, entry } = reading;
  return new ClarionError('limit-exceeded', `${rules.label}: ${entry.name} is larger than ${limitOf(reading)} bytes`);
}

function damaged({ rules, entry }: EntryReading, what: string): ClarionError {
  return new ClarionError('corrupt-data', `${rules.label}: ${entry.name}: ${what}`);
}
