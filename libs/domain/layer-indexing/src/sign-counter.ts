import type { EcosystemSign } from '@clarion/model';
import type { SignKind } from './ecosystem-table';
import { isOwned } from './package-files';
import type { PathHashes } from './path-hashes';
import { isOfDistribution } from './recognised-paths';
import { runtimeDirectory } from './runtime-files';
import { splitPath } from './split-path';

/** Directories that count as one with everything below them. */
const wholeDirectories = ['node_modules/', '.linuxbrew/Cellar/'];

/** The directory of the packages of one installation. */
export function directoryOf(path: string): string {
  return placeOf(path).directory;
}

/**
 * The files that are counted together: those of one directory, and of those that may belong to a runtime the ones that
 * belong to the same.
 */
export function groupOf(path: string): string {
  const { directory, runtimes = '' } = placeOf(path);
  return `${directory}\0${runtimes}`;
}

function placeOf(path: string): { readonly directory: string; readonly runtimes?: string } {
  for (const whole of wholeDirectories) {
    const at = path.indexOf(whole);
    if (at >= 0) return { directory: path.slice(0, at + whole.length - 1) };
  }
  const ofRuntime = runtimeDirectory(path);
  if (ofRuntime !== undefined) return ofRuntime;
  const [directory, name] = splitPath(path);
  const inMetadata = /\.(?:dist|egg)-info$/.test(directory) && name !== '';
  return { directory: inMetadata ? splitPath(directory)[0] : directory };
}

/** Keeps the first paths of a directory, and the first directories of an ecosystem: hostile layers have millions. */
const mostPaths = 10;
const mostDirectories = 50;

/**
 * In the distribution's directories, all paths are kept until the owning packages are known, and then those that
 * packages of other layers may own.
 */
const mostDoubtful = 100_000;
const mostStored = 10_000;
/** Files outside of these directories that are remembered, to be taken back when the layer replaces them. */
const mostCounted = 20_000;

interface FoundFiles {
  files: number;
  readonly paths: string[];
}

/** Counts recognised files of one layer, in bounded memory. */
export class SignCounter {
  private readonly found = new Map<SignKind, Map<string, FoundFiles>>();
  /** What files in the distribution's directories are signs of, by path. */
  private readonly doubtful = new Map<string, SignKind>();
  /** Where other files were counted, by path. */
  private readonly counted = new Map<string, { readonly kind: SignKind; readonly key: string }>();
  /** How many files of a kind exist beyond those that are kept. */
  private readonly surplus = new Map<SignKind, number>();
  private readonly hasRoomFor: (path: string) => boolean;

  /** `hasRoomFor` returns whether one more path may be kept. */
  constructor(hasRoomFor: (path: string) => boolean) {
    this.hasRoomFor = hasRoomFor;
  }

  /** Counts a file as a sign. */
  count(kind: SignKind, path: string): void {
    if (!isOfDistribution(path)) this.countInDirectory(kind, path);
    else if (this.doubtful.size < mostDoubtful && this.hasRoomFor(path)) this.doubtful.set(path, kind);
    else this.surplus.set(kind, (this.surplus.get(kind) ?? 0) + 1);
  }

  private countInDirectory(kind: SignKind, path: string): void {
    const directories = this.found.get(kind) ?? new Map<string, FoundFiles>();
    this.found.set(kind, directories);
    const where = groupOf(path);
    // Further directories share one entry, which always counts as present.
    const key = directories.has(where) || directories.size < mostDirectories ? where : '';
    const found = directories.get(key) ?? { files: 0, paths: [] };
    directories.set(key, found);
    found.files += 1;
    if (this.counted.size < mostCounted) this.counted.set(path, { kind, key });
    if (found.paths.length < mostPaths && !found.paths.includes(path) && this.hasRoomFor(path)) found.paths.push(path);
  }

  /** Takes a file back, if it is among those that are remembered. */
  forget(path: string): void {
    this.doubtful.delete(path);
    const counted = this.counted.get(path);
    if (counted === undefined) return;
    this.counted.delete(path);
    const directories = this.found.get(counted.kind);
    const found = directories?.get(counted.key);
    if (found === undefined) return;
    found.files -= 1;
    const at = found.paths.indexOf(path);
    if (at >= 0) found.paths.splice(at, 1);
    if (found.files === 0) directories?.delete(counted.key);
  }

  /** The paths that can be taken back. */
  *paths(): Generator<string> {
    yield* this.doubtful.keys();
    yield* this.counted.keys();
  }

  /** The signs that count when packages of the layer own `own`. */
  signs(own: PathHashes): readonly EcosystemSign[] {
    const elsewhere = [...this.found].flatMap(([kind, directories]) =>
      [...directories].map(([group, { files, paths }]): EcosystemSign => {
        // Without a path it is not known where they are: those that were kept were replaced.
        const scattered = group === '' || paths.length === 0;
        return { ...kind, files, paths: paths.sort(), ...(scattered ? { scattered } : {}) };
      }),
    );
    return [...elsewhere, ...this.unowned(own)];
  }

  private unowned(own: PathHashes): readonly EcosystemSign[] {
    const paths = new Map<SignKind, string[]>();
    const surplus = new Map(this.surplus);
    let stored = 0;
    for (const [path, kind] of this.doubtful) {
      if (isOwned(own, path)) continue;
      stored += 1;
      if (stored > mostStored) surplus.set(kind, (surplus.get(kind) ?? 0) + 1);
      else listAt(paths, kind).push(path);
    }
    return [
      ...[...paths].map(([kind, found]): EcosystemSign => {
        return { ...kind, files: found.length, paths: found.sort(), unlessOwned: true };
      }),
      // Too many to check: they count even if a package owns them.
      ...[...surplus].map(([kind, files]): EcosystemSign => ({ ...kind, files, paths: [], scattered: true })),
    ];
  }
}

function listAt(lists: Map<SignKind, string[]>, key: SignKind): string[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
