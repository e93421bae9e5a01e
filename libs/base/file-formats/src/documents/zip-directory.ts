import { crc32 } from 'node:zlib';
import { ClarionError } from '@clarion/model';
import type { ByteReader } from './byte-reader';
import {
  type CentralEntry,
  centralHeaderBytes,
  parseCentralHeader,
  readUInt64,
  signatures,
  type ZipEntry,
} from '../zip/zip-headers';

/** Largest record after the entries; a comment of the archive has at most 65,535 bytes. */
const maxZip64EndBytes = 1024 * 1024;

/** The entries that were read from a zip, and the comparison with its central directory. */
export class ZipDirectory {
  /** Offset of an entry to a checksum of the fields of both headers: a few bytes per entry, however many there are. */
  private readonly entries = new Map<number, number>();
  private readonly label: string;

  constructor(label: string) {
    this.label = label;
  }

  get size(): number {
    return this.entries.size;
  }

  add(entry: ZipEntry & { readonly offset: number }): void {
    this.entries.set(entry.offset, digestOf(entry));
  }

  /** Reads everything after the last entry; `first` is the signature that was already taken. */
  async check(reader: ByteReader, first: number): Promise<void> {
    const start = reader.position - 4;
    const count = this.entries.size;
    let signature = first;
    while (signature === signatures.centralHeader) {
      const entry = await this.readCentralHeader(reader);
      if (this.entries.get(entry.offset) !== digestOf(entry))
        throw this.corrupt(`its directory says something else about ${entry.name}`);
      this.entries.delete(entry.offset);
      signature = await nextSignature(reader);
    }
    if (this.entries.size > 0) throw this.corrupt(`${this.entries.size} entries are not in its directory`);
    await this.checkEnd(reader, signature, { start, count });
  }

  private async readCentralHeader(reader: ByteReader): Promise<CentralEntry> {
    const fixed = await reader.take(centralHeaderBytes - 4);
    const length = fixed.readUInt16LE(24) + fixed.readUInt16LE(26) + fixed.readUInt16LE(28);
    return parseCentralHeader(fixed, await reader.take(length), this.label);
  }

  /** The end record, with the two additional records of archives with more than 65,535 entries. */
  private async checkEnd(
    reader: ByteReader,
    first: number,
    found: { readonly start: number; readonly count: number },
  ): Promise<void> {
    let { start, count } = { start: -1, count: -1 };
    let signature = first;
    if (signature === signatures.zip64End) {
      const length = readUInt64(await reader.take(8), 0, this.label);
      if (length < 44 || length > maxZip64EndBytes) throw this.corrupt('an end record of impossible length');
      const record = await reader.take(length);
      count = readUInt64(record, 20, this.label);
      start = readUInt64(record, 36, this.label);
      if ((await nextSignature(reader)) !== signatures.zip64Locator) throw this.corrupt('no end record');
      await reader.skip(16);
      signature = await nextSignature(reader);
    }
    if (signature !== signatures.end) throw this.corrupt('data that is not an entry');
    const end = await reader.take(18);
    if (end.readUInt16LE(6) !== 0xffff) count = end.readUInt16LE(6);
    if (end.readUInt32LE(12) !== 0xffffffff) start = end.readUInt32LE(12);
    await reader.skip(end.readUInt16LE(16));
    if (count !== found.count || start !== found.start) throw this.corrupt('its end record names another directory');
    if ((await reader.peek(1)).length > 0) throw this.corrupt('it goes on after its end');
  }

  private corrupt(what: string): ClarionError {
    return new ClarionError('corrupt-data', `${this.label}: ${what}`);
  }
}

async function nextSignature(reader: ByteReader): Promise<number> {
  return (await reader.take(4)).readUInt32LE(0);
}

function digestOf({ name, method, checksum, storedSize, size }: ZipEntry): number {
  return crc32(`${name}\0${method}\0${checksum}\0${storedSize}\0${size}`);
}
