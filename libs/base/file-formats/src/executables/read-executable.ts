import type { ByteSource, FileMagic } from '@clarion/model';
import { fileMagic } from '../file-magic';
import { readElf } from './elf';
import type { ExecutableParts, PartSelection } from './executable-parts';
import { readMachO } from './mach-o';
import { readPe } from './pe';

const readers = { elf: readElf, pe: readPe, 'mach-o': readMachO } as const satisfies Partial<
  Record<FileMagic, (source: ByteSource, select: PartSelection) => ExecutableParts>
>;

/**
 * The selected sections and notes of an executable, without their bytes; undefined if the file is not one. Throws
 * `corrupt-data` and `limit-exceeded`.
 */
export function readExecutable(source: ByteSource, select: PartSelection): ExecutableParts | undefined {
  const magic = fileMagic(source.read(0, 64));
  return magic === undefined || magic === 'zip' ? undefined : readers[magic](source, select);
}
