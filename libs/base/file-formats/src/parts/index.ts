export { type ByteSource, memorySource, readExactly, sourceSlice } from '../byte-source';
export type { ExecutableNote, ExecutableParts, ExecutableSection } from '../executables/executable-parts';
export { readExecutable } from '../executables/read-executable';
export { fileMagic } from '../file-magic';
export { findPatterns, type PatternMatch } from '../pattern-matches';
export { isStored, memberChunks, readMember, storedBytes } from '../zip/member-content';
export { selectMembers, type ZipLimits, type ZipMember } from '../zip/zip-archive';
