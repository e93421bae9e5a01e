import type { FileMagic } from '@clarion/model';
import { mostArchitectures } from './executables/mach-o';

const elf = 0x7f454c46;
const zips = new Set([0x504b0304, 0x504b0506]);
const machO = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe]);
const universal = new Set([0xcafebabe, 0xcafebabf]);
const mz = 0x4d5a;
/** Offset in the MS-DOS header of the position of the Windows header; in a text file, letters make a large number. */
const peOffset = 0x3c;
const largestPeOffset = 0x10000;

/** The format of a file that begins with `head`, of which the first 64 bytes count. */
export function fileMagic(head: Uint8Array): FileMagic | undefined {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 8) return undefined;
  const magic = bytes.readUInt32BE(0);
  if (magic === elf) return 'elf';
  if (zips.has(magic)) return 'zip';
  if (machO.has(magic)) return 'mach-o';
  if (universal.has(magic) && bytes.readUInt32BE(4) <= mostArchitectures) return 'mach-o';
  const isPe = magic >>> 16 === mz && bytes.length >= 64 && bytes.readUInt32LE(peOffset) < largestPeOffset;
  return isPe ? 'pe' : undefined;
}
