import { ClarionError } from '@clarion/model';

/** The four bytes that start each record of a zip, little-endian. */
export const signatures = {
  localHeader: 0x04034b50,
  centralHeader: 0x02014b50,
  descriptor: 0x08074b50,
  end: 0x06054b50,
  zip64End: 0x06064b50,
  zip64Locator: 0x07064b50,
} as const;

/** Fixed part with signature. */
export const localHeaderBytes = 30;
export const centralHeaderBytes = 46;

/** The fields that both headers of an entry have. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  /** The local header has no sizes and checksum: they follow the content. */
  readonly sizesFollow: boolean;
  readonly zip64: boolean;
  readonly checksum: number;
  readonly storedSize: number;
  readonly size: number;
}

/** Value of a 32-bit field whose real value is in the zip64 extra field. */
const elsewhere = 0xffffffff;

/** `fixed` is the header after its signature, `variable` the name and the extra fields. */
export function parseLocalHeader(fixed: Buffer, variable: Buffer, label: string): ZipEntry {
  const flags = fixed.readUInt16LE(2);
  const nameBytes = fixed.readUInt16LE(22);
  const extra = zip64Fields(variable.subarray(nameBytes));
  const sizesFollow = (flags & 8) !== 0;
  const sizes = { size: fixed.readUInt32LE(18), storedSize: fixed.readUInt32LE(14) };
  return {
    name: nameOf(variable.subarray(0, nameBytes)),
    method: fixed.readUInt16LE(4),
    encrypted: (flags & 1) !== 0,
    sizesFollow,
    zip64: extra !== undefined,
    checksum: fixed.readUInt32LE(10),
    ...(sizesFollow ? { size: 0, storedSize: 0 } : realSizes(sizes, extra, label)),
  };
}

/** The central directory record of an entry, and the length of its header. */
export interface CentralEntry extends ZipEntry {
  /** Where its local header starts. */
  readonly offset: number;
}

/** `variable` is name, extra fields and comment. */
export function parseCentralHeader(fixed: Buffer, variable: Buffer, label: string): CentralEntry {
  const flags = fixed.readUInt16LE(4);
  const nameBytes = fixed.readUInt16LE(24);
  const extra = zip64Fields(variable.subarray(nameBytes, nameBytes + fixed.readUInt16LE(26)));
  const sizes = { size: fixed.readUInt32LE(20), storedSize: fixed.readUInt32LE(16) };
  const real = realSizes(sizes, extra, label);
  const before = Number(sizes.size === elsewhere) + Number(sizes.storedSize === elsewhere);
  const offset = fixed.readUInt32LE(38);
  return {
    name: nameOf(variable.subarray(0, nameBytes)),
    method: fixed.readUInt16LE(6),
    encrypted: (flags & 1) !== 0,
    sizesFollow: (flags & 8) !== 0,
    zip64: extra !== undefined,
    checksum: fixed.readUInt32LE(12),
    ...real,
    offset: offset === elsewhere ? numberAt(extra, before, label) : offset,
  };
}

/** Names are UTF-8 in all archives of records; other encodings only differ in characters that no record id has. */
function nameOf(bytes: Buffer): string {
  return bytes.toString('utf8');
}

/** The 64-bit numbers of the zip64 extra field (id 1); undefined without one. */
function zip64Fields(extra: Buffer): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length;) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return undefined;
}

type Sizes = Pick<ZipEntry, 'size' | 'storedSize'>;

/** The extra field contains only the numbers that do not fit the header, size first. */
function realSizes({ size, storedSize }: Sizes, extra: Buffer | undefined, label: string): Sizes {
  return {
    size: size === elsewhere ? numberAt(extra, 0, label) : size,
    storedSize: storedSize === elsewhere ? numberAt(extra, Number(size === elsewhere), label) : storedSize,
  };
}

function numberAt(extra: Buffer | undefined, index: number, label: string): number {
  if (extra === undefined || extra.length < index * 8 + 8)
    throw new ClarionError('corrupt-data', `${label}: an entry lacks its size`);
  return readUInt64(extra, index * 8, label);
}

/** A 64-bit number. Throws `corrupt-data` where it is larger than any possible size. */
export function readUInt64(bytes: Buffer, at: number, label: string): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ClarionError('corrupt-data', `${label}: an impossible size`);
  return Number(value);
}

/**
 * Length of the data descriptor at the start of `bytes` when it matches the data, undefined when it does not. Its
 * signature is optional, and its sizes are 64-bit ones where the local header has a zip64 extra field.
 */
export function readDescriptor(
  bytes: Buffer,
  found: Pick<ZipEntry, 'checksum' | 'storedSize' | 'size'>,
  zip64: boolean,
): number | undefined {
  const wide = zip64 ? 8 : 4;
  for (const start of [4, 0]) {
    const length = start + 4 + 2 * wide;
    if (bytes.length < length) continue;
    if (start === 4 && bytes.readUInt32LE(0) !== signatures.descriptor) continue;
    const number = (at: number): bigint => (zip64 ? bytes.readBigUInt64LE(at) : BigInt(bytes.readUInt32LE(at)));
    const same =
      bytes.readUInt32LE(start) === found.checksum &&
      number(start + 4) === BigInt(found.storedSize) &&
      number(start + 4 + wide) === BigInt(found.size);
    if (same) return length;
  }
  return undefined;
}
