import type { ByteSource } from '@clarion/model';
import { compilePatterns } from './search-patterns';

/** A run of bytes around one or more occurrences of patterns. */
export interface PatternMatch {
  /** The pattern of its first occurrence. */
  readonly pattern: Buffer;
  readonly offset: number;
  readonly size: number;
}

export interface PatternSearch {
  readonly patterns: readonly Buffer[];
  readonly before: number;
  readonly after: number;
  readonly maxMatches: number;
  /** Called for each piece that is read; may throw to end the search. */
  readonly check?: () => void;
}

const pieceBytes = 256 * 1024;

/**
 * The bytes around each occurrence of the patterns, in the order of the file; overlapping ones are joined. Reads the
 * file once, piece by piece. `more` is true where `maxMatches` ended the search.
 */
export function findPatterns(
  source: ByteSource,
  search: PatternSearch,
): { readonly matches: readonly PatternMatch[]; readonly more: boolean } {
  const { before, after, maxMatches } = search;
  const matches: { pattern: Buffer; offset: number; size: number }[] = [];
  let count = 0;
  for (const { pattern, at } of occurrences(source, search)) {
    if (count === maxMatches) return { matches, more: true };
    count += 1;
    const offset = Math.max(at - before, 0);
    const end = Math.min(at + pattern.length + after, source.size);
    const last = matches.at(-1);
    if (last !== undefined && offset <= last.offset + last.size) last.size = Math.max(end - last.offset, last.size);
    else matches.push({ pattern, offset, size: end - offset });
  }
  return { matches, more: false };
}

/** The tables of a search take more time and memory than most files: a layer has thousands of programs. */
const known = new WeakMap<readonly Buffer[], ReturnType<typeof compilePatterns>>();

function compiled(patterns: readonly Buffer[]): ReturnType<typeof compilePatterns> {
  const search = known.get(patterns) ?? compilePatterns(patterns);
  known.set(patterns, search);
  return search;
}

function* occurrences(
  source: ByteSource,
  { patterns, check }: PatternSearch,
): Generator<{ pattern: Buffer; at: number }> {
  // Pieces overlap, so that no occurrence is cut; each belongs to the piece in which it starts.
  const overlap = patterns.reduce((most, { length }) => Math.max(most, length), 1) - 1;
  const occurrencesIn = compiled(patterns);
  for (let start = 0; start < source.size; start += pieceBytes) {
    check?.();
    for (const { pattern, at } of occurrencesIn(source.read(start, pieceBytes + overlap))) {
      if (at >= pieceBytes) break;
      yield { pattern, at: start + at };
    }
  }
}
