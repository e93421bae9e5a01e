import { type BlockEntry, blockEntries } from '../block-yaml';
import type { LockFile } from '../lock-file';
import type { LockFormat } from '../lock-format';
import { noteVersion } from '../note-version';
import { productionKeys, type PnpmGraph, readEdge } from './pnpm-graph';

/** Locks of pnpm (https://github.com/pnpm/spec/tree/master/lockfile), versions 5 to 9. */
export const pnpmLock: LockFormat = {
  type: 'npm',
  names: ['pnpm-lock.yaml'],
  read(file) {
    const packages = new Map<string, PackageEntry>();
    const graph: PnpmGraph = { roots: [], edges: new Map() };
    let lockfileVersion: string | undefined;
    for (const entry of blockEntries(file.text(), file.budget)) {
      const [section, key] = entry.path;
      if (section === 'lockfileVersion') lockfileVersion = entry.value;
      else if (section === 'packages' && key !== undefined) readPackage(packages, key, entry);
      else if (section === 'importers' || section === 'snapshots') readEdge(graph, entry);
    }
    if (lockfileVersion === undefined) file.reject('it has no lockfileVersion');
    else listAll(packages, graph, file);
    noteVersion(file, { lockfileVersion }, (version) => version >= 5 && version < 10);
  },
};

interface PackageEntry {
  /** Where the key is the address of an archive or a repository. */
  name?: string;
  version?: string;
  /** Up to version 6. */
  dev?: boolean;
}

function readPackage(packages: Map<string, PackageEntry>, key: string, { path, value }: BlockEntry): void {
  const entry = packages.get(key) ?? {};
  packages.set(key, entry);
  if (path.length !== 3) return;
  const member = path[2];
  if (member === 'dev') entry.dev = value === 'true';
  else if (member === 'name' || member === 'version') entry[member] = value;
}

function listAll(packages: ReadonlyMap<string, PackageEntry>, graph: PnpmGraph, file: LockFile): void {
  // From version 9 on, only what depends on a package shows what it is for.
  const production = graph.edges.size === 0 ? undefined : productionKeys(graph, file.budget);
  for (const [key, entry] of packages) {
    if (entry.dev === true || production?.has(key) === false || isLocal(key)) continue;
    const parsed = nameAndVersion(key);
    const name = entry.name ?? parsed?.name ?? key;
    const version = entry.version ?? parsed?.version;
    if (version === undefined || /[:/]/.test(version)) file.listVague(name);
    else if (!file.list(name, version)) return;
  }
}

/** A directory or an archive of the project. */
function isLocal(key: string): boolean {
  return /^(?:\/?|[^:]*@)(?:file|link):/.test(key);
}

/**
 * `/@scope/name/1.0.0_react@18.0.0` of version 5, `/@scope/name@1.0.0(react@18.0.0)` of version 6, the same without a
 * slash of version 9; before version 6 also behind the host of a registry.
 */
function nameAndVersion(key: string): { readonly name: string; readonly version: string } | undefined {
  const peers = key.indexOf('(');
  const text = (peers < 0 ? key : key.slice(0, peers)).replace(/^\//, '');
  const [, name, version] = /^(?:[^@/]+\.[^@/]+\/)?((?:@[^/@]+\/)?[^/@]+)\/(\d[^/_]*)/.exec(text) ?? [];
  if (name !== undefined && version !== undefined) return { name, version };
  const at = text.indexOf('@', 1);
  return at < 0 ? undefined : { name: text.slice(0, at), version: text.slice(at + 1) };
}
