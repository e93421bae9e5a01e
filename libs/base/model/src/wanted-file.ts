import type { FileMagic } from './file-filter';

/** A file that a detector requested, in the layer it was found in. */
export interface WantedFile {
  /** Normalised path inside the layer, without leading slash. */
  readonly path: string;
  /** All bytes of the file; for an excerpt, those of its parts, one after the other. */
  readonly content: Uint8Array;
  /** Only where the filter asks for a part of the file. */
  readonly excerpt?: FileExcerpt;
}

/** What the content of an excerpt consists of, and what is missing from it. */
export interface FileExcerpt {
  /** Bytes of the whole file. */
  readonly fileSize: number;
  /** In the order of their bytes in `WantedFile.content`. */
  readonly parts: readonly FilePart[];
  /** Nested archives that were opened, also those without a requested member: `b.war`, `b.war!/c.jar`. */
  readonly archives: readonly string[];
  /** The executables in the file: one, or one for each architecture of a universal binary. */
  readonly executables: readonly ExecutableFormat[];
  /** What could not be read or exceeds a limit, one line for people each; reported as problems of the layer as well. */
  readonly leftOut: readonly string[];
}

/** One part of a file. */
export interface FilePart {
  /** Path of the member, name of the section, owner of the note, or the pattern that was found. */
  readonly name: string;
  /** Nested archive that contains it (`b.war!/c.jar`), or architecture of a universal binary; '' in the file itself. */
  readonly within: string;
  /** Where it begins: in the file, or in the uncompressed member (always 0). */
  readonly offset: number;
  /** Bytes that are given. */
  readonly size: number;
  /** Bytes that it has in the file: more than `size` where only the first ones are given. */
  readonly fullSize: number;
  /** Address in memory of its first byte, for a section that is loaded. */
  readonly address?: number;
  /** Type of a note. */
  readonly noteType?: number;
}

/** What is needed to interpret the bytes of sections. */
export interface ExecutableFormat {
  /** As in `FilePart.within`. */
  readonly within: string;
  readonly format: Exclude<FileMagic, 'zip'>;
  /** Bits of an address. */
  readonly bits: 32 | 64;
  readonly bigEndian: boolean;
  /** Processor, in the numbers of the format. */
  readonly machine: number;
}

/** The parts of an excerpt, each with its bytes; nothing for a whole file. */
export function* partsOf({ content, excerpt }: WantedFile): Generator<FilePart & { readonly content: Uint8Array }> {
  let at = 0;
  for (const part of excerpt?.parts ?? []) {
    yield { ...part, content: content.subarray(at, at + part.size) };
    at += part.size;
  }
}
