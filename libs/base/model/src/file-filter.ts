/** Formats that the first bytes of a file identify. `zip` includes jar, war, wheel and other archives of that format. */
export const fileMagics = ['elf', 'pe', 'mach-o', 'zip'] as const;
export type FileMagic = (typeof fileMagics)[number];

/**
 * Which files of a layer a detector is given, and which part of each. All conditions apply together. Plain data, so
 * that a detector in another process can state it once.
 */
export interface FileFilter {
  /** Globs over the whole path without leading slash: `*` within one component, `**` across components. */
  readonly paths: readonly string[];
  /**
   * Globs of places where a file does not count by its own path (caches, test data). Its facts count where a link gives
   * it a name in another place, which is why detectors are given it. The last glob that matches decides; one that
   * begins with `!` is for paths that count. `!(a|b)` is a component that none of the globs in it matches.
   */
  readonly except?: readonly string[];
  /** Only regular files with an execute bit. */
  readonly executable?: boolean;
  /** Only regular files that begin like one of these formats. */
  readonly magic?: readonly FileMagic[];
  /**
   * A larger file is not read and becomes a `limit-reached` problem. With an excerpt the file may have any size: this
   * is then the most bytes of all its parts together, and what is beyond is left out with a problem.
   */
  readonly maxBytes: number;
  /** The path itself is a fact: each name of a file with several names (hard links) is given as a separate file. */
  readonly byPath?: boolean;
  /** The part of the file that is given; absent: the whole file. */
  readonly excerpt?: Excerpt;
  /** Further files to give, whatever their names. */
  readonly references?: FileReferences;
}

/**
 * Lines of files that name other ones of the same layer, which are given as well: `-r other.txt`. What is found in these
 * counts only if it has the path of a file that the globs of the filter match.
 */
export interface FileReferences {
  /** Globs of the files whose lines are read, those that are named by them included. */
  readonly paths: readonly string[];
  /**
   * How such lines begin. The path follows after a blank or `=`, or at once after a word of two characters, relative to
   * the directory of the file.
   */
  readonly words: readonly string[];
}

/** A part of a file, so that a large file is neither sent to a detector nor kept in memory as a whole. */
export type Excerpt = ZipMembersExcerpt | SectionsExcerpt | PatternsExcerpt | GoBuildInfoExcerpt;

/** Members of a zip archive, also of archives in it. */
export interface ZipMembersExcerpt {
  readonly kind: 'zip-members';
  /** Globs over the paths of members, in the form of `FileFilter.paths`. */
  readonly members: readonly string[];
  /** Globs of members that are opened as zip archives; members are requested from them by the same globs. */
  readonly nested?: readonly string[];
  /** How many archives deep `nested` applies: 1 opens those that are members of the file itself. At most 5. */
  readonly depth?: number;
  /** A larger member is left out with a problem. */
  readonly maxMemberBytes: number;
  /** Most members of one file, nested archives included. */
  readonly maxMembers: number;
  /** A file that does not begin like a zip archive is given whole, as one part without a name, and is not damage. */
  readonly wholeOtherwise?: true;
}

/** A note of an executable: its owner, as `GNU` or `FDO`, and its type; any type unless stated. */
export interface NoteName {
  readonly owner: string;
  readonly type?: number;
}

/**
 * Sections and notes of an ELF, PE or Mach-O file. Of a universal binary, those of each architecture. Files that have
 * none of them are not given.
 */
export interface SectionsExcerpt {
  readonly kind: 'sections';
  /** Exact names: `.go.buildinfo`; in a Mach-O file with the segment: `__DATA,__go_buildinfo`. */
  readonly sections: readonly string[];
  /** Notes, only in ELF files. The content is what the note describes. */
  readonly notes?: readonly NoteName[];
  /** Of a larger section its first bytes are given; `FilePart.fullSize` shows that. */
  readonly maxSectionBytes: number;
}

/** The bytes around each occurrence of a pattern. Overlapping ones are one part. */
export interface PatternsExcerpt {
  readonly kind: 'patterns';
  /** Literal bytes, one character each (U+0000 to U+00FF): 4 to 256 of them. */
  readonly patterns: readonly string[];
  /** Bytes before and after an occurrence. */
  readonly before: number;
  readonly after: number;
  /** Most occurrences in one file; the first ones count. */
  readonly maxMatches: number;
  /**
   * Only in these sections of executables, which takes less than to search the whole file. Other files, and those without
   * an occurrence, are not given.
   */
  readonly sections?: readonly string[];
  /** Only with `sections`: executables that have one of these sections are not given either. */
  readonly withoutSections?: readonly string[];
  /** Only with `sections`: files that have none of them, or no occurrence in them, are searched whole. */
  readonly wholeOtherwise?: true;
}

/**
 * What Go's linker writes into a program about its build, as the parts `version` (of Go) and `modules` (lines about the
 * modules of the program), of each architecture of a universal binary. Other files are not given. Sections are not
 * enough: before Go 1.18 the texts are somewhere in the data of the program, and a pointer leads to them.
 */
export interface GoBuildInfoExcerpt {
  readonly kind: 'go-build-info';
  /**
   * Also the part `functions`: a line for each package that is linked, with its import path and, each after a tab, the
   * names of its functions (`Get`, `Client.Do`), inlined ones included. Absent where the program is stripped or of
   * before Go 1.18: nothing is known then. The linker's table has the same in another form and several times the size.
   */
  readonly functions?: true;
}

/** What a file filter may ask for at most. */
export const filterLimits = {
  globs: 4096,
  memberGlobs: 256,
  nestedDepth: 5,
  members: 10_000,
  sections: 64,
  notes: 64,
  /** Characters of one glob or name. */
  textLength: 4096,
  patterns: 64,
  shortestPattern: 4,
  longestPattern: 256,
  surroundingBytes: 64 * 1024,
  matches: 10_000,
  referenceWords: 16,
} as const;
