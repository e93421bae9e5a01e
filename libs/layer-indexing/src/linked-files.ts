import type { LayerVisitor } from '@clarion/model';
import { type CollectFor, largestWanted, wantedBy } from './collect-layer';
import type { LayerFile, LayerRecord } from './layer-record';

/** As many links as Linux follows. */
const maxLinks = 40;

/** Files of the layer that were not read although wanted paths lead to them, each with those paths. */
export type LinkTargets = ReadonlyMap<string, readonly string[]>;

/** Contents of files that wanted symbolic links lead to, by the path of the link. */
export type LinkedFiles = Map<string, LayerFile & { readonly target: string }>;

/**
 * Settles the links of a layer that composing cannot settle from facts, and tells which files must still be read for
 * that: those that detectors were not given under their own path. A hard link to one becomes a file of its own.
 */
export function settleLinks(record: LayerRecord, wants: CollectFor): LinkTargets {
  const targets = new Map<string, string[]>();
  const ask = (target: string, path: string): void => {
    targets.set(target, [...(targets.get(target) ?? []), path]);
  };
  for (const path of [...record.hardlinks.keys()]) {
    const target = endOfHardLinks(record, path);
    const file = record.files.get(target);
    const link = record.symlinks.get(target);
    if (link !== undefined) {
      record.hardlinks.delete(path);
      record.symlinks.set(path, link);
    } else if (file !== undefined && serves(target, path, wants) && !dependsOnPath(path, wants)) {
      record.hardlinks.set(path, target);
    } else if (file !== undefined && !lacksContent(file, path, wants)) {
      record.hardlinks.delete(path);
      record.files.set(path, file);
    } else if (file !== undefined || wants.matcher.match(path).length > 0) {
      ask(target, path);
    }
  }
  for (const path of record.symlinks.keys()) {
    const target = unreadTarget(record, path, wants);
    if (target !== undefined) {
      ask(target, path);
    }
  }
  return targets;
}

/**
 * Makes a visitor for reading the layer once more, for `targets` only. What it finds goes into the record as a file,
 * and into `linked` for the symbolic links that lead there.
 */
export function collectTargets(
  record: LayerRecord,
  targets: LinkTargets,
  options: CollectTargetsOptions,
): LayerVisitor {
  const { wants, linked } = options;
  const put = (target: string, change: Partial<LayerFile> & { readonly size: number }): void => {
    for (const path of targets.get(target) ?? []) {
      if (record.symlinks.has(path)) {
        linked.set(path, { ...change, target });
        record.files.set(target, record.files.get(target) ?? { size: change.size });
      } else {
        record.hardlinks.delete(path);
        record.files.set(path, { ...change });
      }
    }
  };
  return {
    entry({ path, type, size, link }) {
      const wantingPaths = targets.get(path);
      if (wantingPaths !== undefined && type === 'hardlink') {
        record.hardlinks.set(path, link);
      }
      if (wantingPaths === undefined || type !== 'file') {
        return undefined;
      }
      put(path, { size });
      const ids = wantingPaths.flatMap((wanting) => wantedBy(wants.matcher, wanting));
      return largestWanted(ids, wants);
    },
    content({ path, size }, content) {
      put(path, { size, content });
    },
    oversized({ path, size }) {
      const ids = (targets.get(path) ?? []).flatMap((wanting) => wantedBy(wants.matcher, wanting));
      const largest = largestWanted(ids, wants) ?? 0;
      put(path, { size, skipped: size > largest ? 'too large' : 'no room' });
    },
  };
}

export interface CollectTargetsOptions {
  readonly wants: CollectFor;
  readonly linked: LinkedFiles;
}

/** Whether everyone who wants `path` was given the file at `target`. */
function serves(target: string, path: string, { matcher }: CollectFor): boolean {
  const given = wantedBy(matcher, target);
  return wantedBy(matcher, path).every((id) => given.includes(id));
}

function dependsOnPath(path: string, { matcher }: CollectFor): boolean {
  return wantedBy(matcher, path).some((id) => matcher.byPath(id));
}

function endOfHardLinks(record: LayerRecord, path: string): string {
  let target = path;
  for (let hops = 0; hops < maxLinks; hops += 1) {
    const next = record.hardlinks.get(target);
    if (next === undefined) {
      break;
    }
    target = next;
  }
  return target;
}

/** A file that was read for fewer or choosier detectors than those that want `path`. */
function lacksContent(file: LayerFile, path: string, wants: CollectFor): boolean {
  const largest = largestWanted(wantedBy(wants.matcher, path), wants);
  return file.content === undefined && file.skipped !== 'no room' && largest !== undefined && file.size <= largest;
}

/**
 * Where the symbolic link at the wanted path `path` leads within this layer, if that is a place whose content
 * detectors were not given in the first pass.
 */
function unreadTarget(record: LayerRecord, path: string, wants: CollectFor): string | undefined {
  const wanted = wants.matcher.match(path).some((id) => wants.missing.has(id));
  const end = wanted ? followLinks(record, path) : undefined;
  const target = end === undefined ? undefined : endOfHardLinks(record, end);
  return target === undefined || target === path || serves(target, path, wants) ? undefined : target;
}

/** Resolves a path through the links of this layer alone. */
function followLinks(record: LayerRecord, path: string): string | undefined {
  const done: string[] = [];
  const pending = path.split('/').reverse();
  let hops = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '..') {
      done.pop();
      continue;
    }
    if (name === '' || name === '.') {
      continue;
    }
    done.push(name);
    const link = record.symlinks.get(done.join('/'));
    if (link === undefined) {
      continue;
    }
    hops += 1;
    if (hops > maxLinks) {
      return undefined;
    }
    pending.push(...link.split('/').reverse());
    done.length = link.startsWith('/') ? 0 : done.length - 1;
  }
  return done.join('/');
}
