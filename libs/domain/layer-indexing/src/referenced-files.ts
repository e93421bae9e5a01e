import { posix } from 'node:path';
import { compileGlob } from '@clarion/layer-archive';
import type { DetectorInfo, FileReferences, WorkBudget } from '@clarion/model';
import { pathDetectors } from './file-selection';
import { wantedBy } from './layer-filters';
import { type LayerRecord, note } from './layer-record';
import type { LinkedFiles } from './linked-files';

/** Files that others of their layer name, by detector. */
export interface ReferencedFiles {
  /** The links of the layer, and the files that were read. */
  readonly linked: LinkedFiles;
  /** Paths whose files have to be read for it, each with the largest size limit. */
  readonly unread: ReadonlyMap<string, number>;
}

/** A layer names no more files that are given for it. */
const mostReferenced = 1000;
/** Bytes that are searched in the time of a step. */
const bytesOfStep = 64;

/**
 * Finds files that those of detectors with `references` name, as far as the layer was read for them: with the paths
 * `asked` in it, files that these name in turn are found. What the layer does not have is left to the detector.
 */
export function referencedFiles(
  record: LayerRecord,
  linked: LinkedFiles,
  { detectors, asked }: { readonly detectors: readonly DetectorInfo[]; readonly asked: ReadonlyMap<string, number> },
): ReferencedFiles {
  const all = new Map(linked);
  const unread = new Map<string, number>();
  let room = mostReferenced;
  for (const { id, files: filter } of detectors) {
    if (filter.references === undefined) continue;
    for (const path of pathsNamedIn(record, { id, references: filter.references })) {
      if (room-- === 0) {
        const message = `More than ${mostReferenced} other files are named by files of the layer: the rest is not read`;
        note(record, { code: 'limit-reached', message });
        break;
      }
      if (record.files.get(path)?.content !== undefined) addFile(all, id, path);
      else if (!asked.has(path)) unread.set(path, Math.max(filter.maxBytes, unread.get(path) ?? 0));
    }
  }
  return { linked: all, unread };
}

function addFile(linked: Map<string, Map<string, string[]>>, id: string, path: string): void {
  const names = new Map(linked.get(path));
  linked.set(path, names.set(id, [...(names.get(id) ?? []), path]));
}

/** The paths that the files of a detector name, and those that these name, without what the detector is given anyway. */
function* pathsNamedIn(
  { files, matcher, budget }: LayerRecord,
  { id, references }: Pick<DetectorInfo, 'id'> & { readonly references: FileReferences },
): Generator<string> {
  const globs = references.paths.map(compileGlob);
  const open = [...files.keys()].filter((path) => globs.some((matches) => matches(path)));
  const seen = new Set(open);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const { content } = files.get(path) ?? {};
    if (content === undefined || !budget.spend(1 + content.length / bytesOfStep)) continue;
    for (const named of namedIn(content, references.words, budget)) {
      const other = posix.join(posix.dirname(path), named);
      if (seen.has(other) || !isInside(other, named)) continue;
      seen.add(other);
      open.push(other);
      const isGiven = pathDetectors(matcher, wantedBy(matcher, other)).includes(id);
      if (!isGiven) yield other;
    }
  }
}

/** Whether a path is one of a file in the layer, not an address, nor above or outside. */
function isInside(path: string, named: string): boolean {
  return !named.startsWith('/') && !named.includes('://') && path !== '.' && !/^\.\.(?:\/|$)|\/$/.test(path);
}

const longestLine = 4096;

function* namedIn(content: Uint8Array, words: readonly string[], budget: WorkBudget): Generator<string> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.length);
  for (let start = 0, end = 0; start < bytes.length && budget.spend(1); start = end + 1) {
    const found = bytes.indexOf('\n', start);
    end = found < 0 ? bytes.length : found;
    const first = bytes[start] ?? 0;
    // Nearly all lines are about something else.
    const mayBegin = first <= 0x20 || words.some((word) => word.charCodeAt(0) === first);
    if (!mayBegin || end - start > longestLine) continue;
    const line = bytes.toString('utf8', start, end).trim();
    const word = words.find((one) => begins(line, one));
    if (word !== undefined) yield firstWord(line.slice(word.length).replace(/^[\s=]+/, ''));
  }
}

function begins(line: string, word: string): boolean {
  return line.startsWith(word) && (word.length === 2 || /^[\s=]/.test(line.slice(word.length)));
}

/** A path in quotes, or up to a blank. */
function firstWord(text: string): string {
  const [, double, single, bare] = /^(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(text) ?? [];
  return double ?? single ?? bare ?? '';
}
