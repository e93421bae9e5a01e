import type { LayerVisitor } from '@clarion/model';
import { type CollectFor, largestWanted, wantedBy } from './collect-layer';
import { LayerLinks, maxLinks } from './layer-links';
import { type LayerRecord, markUnreadable } from './layer-record';

/** Of one file of a layer: who wants it under which other names, because no link to it is in the file's own name. */
type NamesByDetector = Map<string, string[]>;

/**
 * Files of a layer that detectors are not given under their own path although wanted names lead to them, and those names.
 * A detector is given such a file once, under the first of them, unless it takes facts from the path itself.
 */
export type LinkedFiles = ReadonlyMap<string, NamesByDetector>;

/** Settles the links of a layer as far as its own entries tell: every hard link is one to the end of its chain. */
export function settleLinks(record: LayerRecord, wants: CollectFor): LinkedFiles {
  const linked = new Map<string, NamesByDetector>();
  for (const path of [...record.hardlinks.keys()]) {
    const target = endOfHardLinks(record, path);
    const link = record.symlinks.get(target);
    if (link === undefined) {
      record.hardlinks.set(path, target);
      addName(linked, { record, wants, target, path });
    } else {
      record.hardlinks.delete(path);
      record.symlinks.set(path, link);
    }
  }
  const wanted = [...record.symlinks.keys()].filter((path) => isWanted(path, wants));
  if (wanted.length === 0) return linked;
  const links = new LayerLinks(record.symlinks, record.budget);
  for (const path of wanted) {
    const end = links.resolve(path);
    if (end !== undefined) addName(linked, { record, wants, target: endOfHardLinks(record, end), path });
  }
  return linked;
}

/** Those of `linked` that have to be read for it: their content was not asked for under their own name. */
export function unreadFiles(record: LayerRecord, linked: LinkedFiles, wants: CollectFor): ReadonlySet<string> {
  const unread = new Set<string>();
  for (const [target, names] of linked) {
    const file = record.files.get(target);
    const largest = largestWanted([...names.keys()], wants);
    if (largest === undefined || file?.content !== undefined) continue;
    if (file?.skipped === 'no room' || file?.unreadable !== undefined) continue;
    if (file === undefined ? isWantedByName(names, wants) : file.size <= largest) unread.add(target);
  }
  return unread;
}

/** Makes a visitor for reading the layer once more, for the files `unread` only. */
export function collectTargets(record: LayerRecord, linked: LinkedFiles, options: CollectTargetsOptions): LayerVisitor {
  const { wants, unread } = options;
  const largestOf = (path: string): number => largestWanted([...(linked.get(path)?.keys() ?? [])], wants) ?? 0;
  return {
    entry({ path, type, size, link }) {
      if (!unread.has(path)) return undefined;
      if (type === 'hardlink') record.hardlinks.set(path, link);
      if (type !== 'file') return undefined;
      record.files.set(path, { size });
      return largestOf(path);
    },
    content({ path, size }, content) {
      record.files.set(path, { size, content });
    },
    oversized({ path, size }) {
      record.files.set(path, { size, skipped: size > largestOf(path) ? 'too large' : 'no room' });
    },
    problem(problem) {
      markUnreadable(record, problem);
    },
  };
}

export interface CollectTargetsOptions {
  readonly wants: CollectFor;
  readonly unread: ReadonlySet<string>;
}

interface Name {
  readonly record: LayerRecord;
  readonly wants: CollectFor;
  readonly target: string;
  readonly path: string;
}

/** Notes that `path` leads to the file `target`, for each detector that wants the one and is not given the other. */
function addName(linked: Map<string, NamesByDetector>, { record, wants, target, path }: Name): void {
  const { matcher } = wants;
  const ids = target === path || !record.budget.spend(1) ? [] : wantedBy(matcher, path);
  const given = record.files.has(target) ? wantedBy(matcher, target) : [];
  for (const id of ids) {
    if (given.includes(id) && !matcher.byPath(id)) continue;
    const names = linked.get(target) ?? new Map<string, string[]>();
    linked.set(target, names);
    const known = names.get(id);
    if (known === undefined) names.set(id, [path]);
    else if (matcher.byPath(id)) known.push(path);
    else if (comesFirst(path, known[0] ?? '', (name) => matcher.match(name).includes(id))) known[0] = path;
  }
}

/** A name that is wanted as it is comes before one that only a link above it may make a wanted one. */
function comesFirst(a: string, b: string, isExact: (path: string) => boolean): boolean {
  const exact = isExact(a);
  return exact === isExact(b) ? a < b : exact;
}

function isWanted(path: string, wants: CollectFor): boolean {
  return wants.matcher.match(path).some((id) => wants.missing.has(id));
}

/** A file that nothing but links knows is read for names that are wanted as they are. */
function isWantedByName(names: NamesByDetector, wants: CollectFor): boolean {
  return [...names.values()].flat().some((path) => isWanted(path, wants));
}

function endOfHardLinks(record: LayerRecord, path: string): string {
  let target = path;
  for (let hops = 0; hops < maxLinks && record.budget.spend(1); hops += 1) {
    const next = record.hardlinks.get(target);
    if (next === undefined) break;
    target = next;
  }
  return target;
}
