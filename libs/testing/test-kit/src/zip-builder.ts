import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a zip that a test builds. */
export interface ZipBuilderEntry {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** Not compressed. */
  readonly stored?: boolean;
  /** Sizes follow the content, as in Go's archive/zip; `bare` omits the signature before them. */
  readonly descriptor?: 'signed' | 'bare';
  /** Sizes in 64-bit fields. */
  readonly zip64?: boolean;
  readonly flags?: number;
  readonly method?: number;
  /** Written instead of the real checksum. */
  readonly checksum?: number;
}

export interface ZipBuilderOptions {
  readonly comment?: string;
  /** Also write the end records of archives with more than 65,535 entries. */
  readonly zip64?: boolean;
  /** Leave these entries out of the central directory. */
  readonly hidden?: readonly string[];
}

/** Builds a zip archive; times are 0, so equal entries are equal bytes. */
export function buildZip(entries: readonly ZipBuilderEntry[], options: ZipBuilderOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const facts = factsOf(entry, offset);
    const local = localEntry(entry, facts);
    parts.push(local);
    offset += local.length;
    if (options.hidden?.includes(entry.name) !== true) central.push(centralHeader(entry, facts));
  }
  const directory = Buffer.concat(central);
  return Buffer.concat([...parts, directory, endRecords(central.length, directory.length, { offset, options })]);
}

interface EntryFacts {
  readonly data: Buffer;
  readonly size: number;
  readonly checksum: number;
  readonly method: number;
  readonly flags: number;
  readonly offset: number;
}

function factsOf(entry: ZipBuilderEntry, offset: number): EntryFacts {
  const content = Buffer.from(entry.content);
  return {
    data: entry.stored === true ? content : deflateRawSync(content),
    size: content.length,
    checksum: entry.checksum ?? crc32(content),
    method: entry.method ?? (entry.stored === true ? 0 : 8),
    flags: (entry.flags ?? 0) | (entry.descriptor === undefined ? 0 : 8),
    offset,
  };
}

function localEntry(entry: ZipBuilderEntry, facts: EntryFacts): Buffer {
  const name = Buffer.from(entry.name);
  const open = entry.descriptor !== undefined;
  const sizes = open ? [0, 0, 0] : [facts.checksum, facts.data.length, facts.size];
  const extra = entry.zip64 === true ? zip64Extra(open ? [0, 0] : [facts.size, facts.data.length]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(facts.flags, 6);
  header.writeUInt16LE(facts.method, 8);
  header.writeUInt32LE(sizes[0] ?? 0, 14);
  header.writeUInt32LE(entry.zip64 === true ? 0xffffffff : (sizes[1] ?? 0), 18);
  header.writeUInt32LE(entry.zip64 === true ? 0xffffffff : (sizes[2] ?? 0), 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra, facts.data, open ? descriptor(entry, facts) : Buffer.alloc(0)]);
}

function descriptor(entry: ZipBuilderEntry, facts: EntryFacts): Buffer {
  const wide = entry.zip64 === true ? 8 : 4;
  const bytes = Buffer.alloc(8 + 2 * wide);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(facts.checksum, 4);
  bytes.writeUInt32LE(facts.data.length, 8);
  bytes.writeUInt32LE(facts.size, 8 + wide);
  return entry.descriptor === 'bare' ? bytes.subarray(4) : bytes;
}

function centralHeader(entry: ZipBuilderEntry, facts: EntryFacts): Buffer {
  const name = Buffer.from(entry.name);
  const wide = entry.zip64 === true;
  const extra = wide ? zip64Extra([facts.size, facts.data.length, facts.offset]) : Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(facts.flags, 8);
  header.writeUInt16LE(facts.method, 10);
  header.writeUInt32LE(facts.checksum, 16);
  header.writeUInt32LE(wide ? 0xffffffff : facts.data.length, 20);
  header.writeUInt32LE(wide ? 0xffffffff : facts.size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(wide ? 0xffffffff : facts.offset, 42);
  return Buffer.concat([header, name, extra]);
}

function zip64Extra(numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 8 * numbers.length);
  bytes.writeUInt16LE(1, 0);
  bytes.writeUInt16LE(8 * numbers.length, 2);
  numbers.forEach((number, index) => bytes.writeBigUInt64LE(BigInt(number), 4 + 8 * index));
  return bytes;
}

function endRecords(
  count: number,
  length: number,
  { offset, options }: { readonly offset: number; readonly options: ZipBuilderOptions },
): Buffer {
  const comment = Buffer.from(options.comment ?? '');
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(options.zip64 === true ? 0xffff : count, 8);
  end.writeUInt16LE(options.zip64 === true ? 0xffff : count, 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(options.zip64 === true ? 0xffffffff : offset, 16);
  end.writeUInt16LE(comment.length, 20);
  if (options.zip64 !== true) return Buffer.concat([end, comment]);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(length), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + length), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end, comment]);
}
