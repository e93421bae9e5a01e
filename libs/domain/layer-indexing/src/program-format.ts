/**
 * Whether a file that begins with `bytes` is a program or a library that a system loads: ELF (executable or shared),
 * PE, Mach-O, or a WebAssembly module. Object files, core dumps and scripts are not programs.
 */
export function isProgram(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 64) return false;
  const magic = view.getUint32(0);
  if (magic === elf) return loadedElfTypes.has(view.getUint16(elfType, view.getUint8(elfByteOrder) === littleEndian));
  if (magic === wasm) return true;
  if (magic === fatMachO) return view.getUint32(4) < mostArchitectures;
  if (view.getUint16(0) === mz) return view.getUint32(peOffset, true) < 0x10000;
  return machO.has(magic);
}

const elf = 0x7f454c46;
/** Offsets of the byte order and the file type in the header. */
const elfByteOrder = 5;
const littleEndian = 1;
const elfType = 16;
/** ET_EXEC and ET_DYN. */
const loadedElfTypes = new Set([2, 3]);

const wasm = 0x0061736d;

const mz = 0x4d5a;
/**
 * Offset in the MS-DOS header of the position of the Windows header; in a text file, letters here make a large
 * number.
 */
const peOffset = 0x3c;

const machO = new Set([0xfeedface, 0xfeedfacf, 0xcefaedfe, 0xcffaedfe]);
/**
 * Also the first bytes of a Java class file, whose version (45 and more) is where this has the number of
 * architectures.
 */
const fatMachO = 0xcafebabe;
const mostArchitectures = 45;
