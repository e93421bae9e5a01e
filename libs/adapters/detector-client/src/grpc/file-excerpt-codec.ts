import type { ExecutableFormat, FileExcerpt, FilePart } from '@clarion/model';
import type { detectorV1 } from '@clarion/proto';
import { decodeMagic, encodeMagic } from './file-filter-codec';

/** The description of an excerpt in the format of a file header. */
export function encodeFileExcerpt(excerpt: FileExcerpt): detectorV1.FileExcerpt {
  return {
    fileSize: BigInt(excerpt.fileSize),
    parts: excerpt.parts.map(encodePart),
    archives: [...excerpt.archives],
    executables: excerpt.executables.map((one) => ({ ...one, format: encodeMagic(one.format) })),
    leftOut: [...excerpt.leftOut],
  };
}

function encodePart({ name, within, offset, size, fullSize, address, noteType }: FilePart): detectorV1.FilePart {
  return {
    name,
    within,
    offset: BigInt(offset),
    size: BigInt(size),
    fullSize: BigInt(fullSize),
    address: address === undefined ? undefined : BigInt(address),
    noteType,
  };
}

/** The description of an excerpt; undefined if it is not valid for `bytes` bytes of content. */
export function decodeFileExcerpt(excerpt: detectorV1.FileExcerpt, bytes: number): FileExcerpt | undefined {
  const parts = excerpt.parts.map(decodePart);
  const sum = parts.reduce((total, { size }) => total + size, 0);
  const executables = excerpt.executables.map(decodeExecutable);
  if (sum !== bytes || !executables.every((one) => one !== undefined)) return undefined;
  return {
    fileSize: Number(excerpt.fileSize),
    parts,
    archives: excerpt.archives,
    executables,
    leftOut: excerpt.leftOut,
  };
}

function decodePart({ name, within, offset, size, fullSize, address, noteType }: detectorV1.FilePart): FilePart {
  return {
    name,
    within,
    offset: Number(offset),
    size: Number(size),
    fullSize: Number(fullSize),
    ...(address !== undefined && { address: Number(address) }),
    ...(noteType !== undefined && { noteType }),
  };
}

function decodeExecutable({
  within,
  bits,
  bigEndian,
  machine,
  ...one
}: detectorV1.ExecutableFormat): ExecutableFormat | undefined {
  const format = decodeMagic(one.format);
  if (format === undefined || format === 'zip' || (bits !== 32 && bits !== 64)) return undefined;
  return { within, format, bits, bigEndian, machine };
}
