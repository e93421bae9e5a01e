import type { ByteSource, PatternsExcerpt } from '@clarion/model';
import { readExactly, sourceSlice } from '../byte-source';
import { readExecutable } from '../executables/read-executable';
import { findPatterns } from '../pattern-matches';
import type { PartCollector } from './part-collector';

interface Taking {
  readonly collector: PartCollector;
  readonly check: () => void;
}

/** Takes the bytes around patterns. Returns false if the file is not given. */
export function takePatterns(source: ByteSource, excerpt: PatternsExcerpt, taking: Taking): boolean {
  const { sections, withoutSections = [], wholeOtherwise = false } = excerpt;
  const takeWhole = (): true => {
    takeFrom({ source, offset: 0, size: source.size, within: '' }, excerpt, taking);
    return true;
  };
  if (sections === undefined) return takeWhole();
  const names = new Set([...sections, ...withoutSections]);
  let found: ReturnType<typeof readExecutable>;
  try {
    found = readExecutable(source, { only: [...names], section: (name) => names.has(name) });
  } catch (error) {
    if (wholeOtherwise) return takeWhole();
    taking.collector.failed({ name: '', within: '' }, error);
    return true;
  }
  if (wholeOtherwise && (found?.sections ?? []).length === 0) return takeWhole();
  if (found === undefined || found.sections.some(({ name }) => withoutSections.includes(name))) return false;
  let matches = 0;
  let searched = 0;
  for (const { offset, size, within } of found.sections) {
    searched += size;
    if (searched > source.size) {
      taking.collector.leaveOutRest('its sections overlap');
      break;
    }
    const left = { ...excerpt, maxMatches: excerpt.maxMatches - matches };
    matches += takeFrom({ source, offset, size, within }, left, taking);
  }
  if (matches === 0 && wholeOtherwise) return takeWhole();
  if (matches > 0) taking.collector.executables.push(...found.executables);
  return matches > 0;
}

const knownBytes = new WeakMap<readonly string[], readonly Buffer[]>();

/** The same buffers for the same patterns, by which a search is known. */
function bytesOf(patterns: readonly string[]): readonly Buffer[] {
  const bytes = knownBytes.get(patterns) ?? patterns.map((pattern) => Buffer.from(pattern, 'latin1'));
  knownBytes.set(patterns, bytes);
  return bytes;
}

interface Region {
  readonly source: ByteSource;
  readonly offset: number;
  readonly size: number;
  readonly within: string;
}

/** Returns the number of parts that were taken. */
function takeFrom(
  { source, offset: start, size: length, within }: Region,
  excerpt: PatternsExcerpt,
  taking: Taking,
): number {
  const { collector, check } = taking;
  const { before, after, maxMatches } = excerpt;
  const patterns = bytesOf(excerpt.patterns);
  const region = sourceSlice(source, start, length);
  const { matches, more } = findPatterns(region, { patterns, before, after, maxMatches, check });
  for (const { pattern, offset, size } of matches) {
    const part = { name: pattern.toString('latin1'), within, offset: start + offset, size, fullSize: size };
    collector.add(part, () => Buffer.from(readExactly(region, offset, size)));
  }
  if (more) collector.leaveOutRest(`it has more than ${maxMatches} occurrences of patterns`);
  return matches.length;
}
