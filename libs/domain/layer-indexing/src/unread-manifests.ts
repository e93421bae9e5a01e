import { ecosystemOf, ecosystemOfManifest, isLockFile, ReadProjects } from '@clarion/ecosystems';
import type { Digest, Feature, PackageType, PlacedProblem } from '@clarion/model';
import type { FoundEcosystem } from './ecosystem-signs';
import { splitPath } from './split-path';

export interface ManifestsFound {
  /** Ecosystems with the manifests of projects whose dependencies were not read. */
  readonly ecosystems: readonly FoundEcosystem[];
  /** The problems that are not about manifests. */
  readonly problems: readonly PlacedProblem[];
}

interface Manifest {
  readonly path: string;
  readonly layer: Digest;
}

/**
 * Detectors of lock files have a problem of each manifest without a lock file in its layer. It counts as unread, unless
 * another layer has the lock file or the packages are installed. `ofImage` is called if there
 * are any: `features` are packages that are not the distribution's, `isOwned` says which files are.
 */
export function withUnreadManifests(
  problems: readonly PlacedProblem[],
  ofImage: () => { readonly features: readonly Feature[]; readonly isOwned: (path: string) => boolean },
): ManifestsFound {
  const manifests = new Map<PackageType, Manifest[]>();
  const others: PlacedProblem[] = [];
  for (const one of problems) {
    const { code, path, layer } = one;
    const row = code === 'unknown-version' && path !== undefined ? ecosystemOfManifest(path) : undefined;
    if (row === undefined || path === undefined || layer === null) others.push(one);
    else listAt(manifests, row.type).push({ path, layer });
  }
  if (manifests.size === 0) return { ecosystems: [], problems: others };
  const { features, isOwned } = ofImage();
  const packages = new Set(features.map((one) => one.path));
  const ecosystems = [...manifests].flatMap(([type, found]): readonly FoundEcosystem[] => {
    const read = projectsRead(
      type,
      features,
      found.map(({ path }) => path),
    );
    // A package that was found, as an unpacked Yarn, is no project.
    const unread = found.filter(({ path }) => read?.has(path) !== true && !packages.has(path) && !isOwned(path));
    const [first] = unread;
    if (first === undefined) return [];
    return [{ id: type, files: unread.length, example: first.path, layer: first.layer, installedUnread: true }];
  });
  return { ecosystems, problems: others };
}

function projectsRead(
  type: PackageType,
  features: readonly Feature[],
  manifests: readonly string[],
): ReadProjects | undefined {
  const row = ecosystemOf(type);
  if (row === undefined) return undefined;
  const read = new ReadProjects(row);
  const projects = new Set(manifests.map((path) => splitPath(path)[0]));
  const paths = new Set(features.filter((one) => one.type === type).map(({ path }) => path));
  for (const path of paths) {
    if (isLockFile(row, path)) {
      read.addLockFile(path);
      projects.add(splitPath(path)[0]);
    }
  }
  for (const path of paths) if (!isLockFile(row, path)) read.addInstalled(path, projects);
  return read;
}

function listAt(lists: Map<PackageType, Manifest[]>, key: PackageType): Manifest[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Ecosystems of both lists, each once. */
export function mergedEcosystems(
  found: readonly FoundEcosystem[],
  ofManifests: readonly FoundEcosystem[],
): readonly FoundEcosystem[] {
  const merged = new Map(found.map((one) => [one.id, one]));
  for (const one of ofManifests) {
    const before = merged.get(one.id);
    const both = before && { ...before, files: before.files + one.files, installedUnread: true };
    merged.set(one.id, both ?? one);
  }
  return [...merged.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
