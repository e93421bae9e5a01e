import type { ExecutableFormat } from '@clarion/model';

/** A section in a file. */
export interface ExecutableSection {
  readonly name: string;
  readonly within: string;
  /** In the file; the bytes may be missing from a damaged file. */
  readonly offset: number;
  readonly size: number;
  /** In memory; 0 for a section that is not loaded. */
  readonly address: number;
}

/** A note of an ELF file: where its description is. */
export interface ExecutableNote {
  readonly owner: string;
  readonly type: number;
  readonly within: string;
  readonly offset: number;
  readonly size: number;
}

/** Where the texts are that the symbols of an executable are called by, each ended by a NUL. */
export interface SymbolTexts {
  readonly within: string;
  readonly offset: number;
  readonly size: number;
}

/** What is selected of an executable. */
export interface ExecutableParts {
  readonly executables: readonly ExecutableFormat[];
  /** One for each executable with a table of symbols; a stripped one has none. */
  readonly symbolTexts: readonly SymbolTexts[];
  readonly sections: readonly ExecutableSection[];
  readonly notes: readonly ExecutableNote[];
}

/** Selects sections by name, and notes by owner and type. */
export interface PartSelection {
  /** A file that has no section of any of these names has none that is selected: most files are, and end here. */
  readonly any?: readonly string[];
  /** The names of all sections that are selected, if nothing else is: no other section is looked at. */
  readonly only?: readonly string[];
  readonly section: (name: string) => boolean;
  /** Absent: notes are not read. */
  readonly note?: (owner: string, type: number) => boolean;
}
