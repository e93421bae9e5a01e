import type { TarEntry } from './tar';

/**
 * The plain way to view an image: all layers unpacked into one tree, in memory. It is a test oracle for the composition
 * of layers from recorded facts and shares no code with it.
 */
export interface FlatDirectory {
  readonly kind: 'directory';
  readonly children: Map<string, FlatNode>;
}

export type FlatNode =
  | FlatDirectory
  /** `entries` are the paths of the tar entries that gave the name its content: the file itself, then hard links. */
  | {
      readonly kind: 'file';
      /** The same for all names of one file: the layer and the path that it came with. */
      readonly id: string;
      readonly content: string;
      readonly entries: readonly string[];
      readonly layer: number;
    }
  | { readonly kind: 'symlink'; readonly target: string; readonly layer: number }
  /** A device or the like, or a hard link to nothing. */
  | { readonly kind: 'special'; readonly layer: number };

export interface FlatLocation {
  readonly node: FlatNode | undefined;
  /** The real path. */
  readonly path: string;
  readonly loop: boolean;
}

const hopLimit = 40;

const newDirectory = (): FlatDirectory => ({ kind: 'directory', children: new Map() });
const parts = (path: string): string[] => path.split('/').filter((part) => part !== '' && part !== '.');

/**
 * Applies layers as containerd does, in the order of the tar: the parent of an entry is resolved in the current tree,
 * the last component is not. Whiteouts hide lower layers only, wherever they are in the tar (OCI image-spec). An entry
 * whose parent is a loop of links is omitted, and a file in the way of a directory is replaced; containerd rejects such
 * layers.
 */
export function flattenLayers(layers: readonly (readonly TarEntry[])[]): FlatDirectory {
  const root = newDirectory();
  for (const [layer, entries] of layers.entries()) {
    for (const entry of whiteoutsFirst(entries)) {
      applyEntry(root, entry, layer);
    }
  }
  return root;
}

/** Follows all links of a path, the last component too. */
export function lookUp(root: FlatDirectory, path: string): FlatLocation {
  return follow(root, path, { create: false });
}

/** All paths of the tree, including directories. */
export function flatPaths(directory: FlatDirectory, prefix = ''): string[] {
  return [...directory.children].flatMap(([name, node]) => {
    const path = prefix + name;
    return node.kind === 'directory' ? [path, ...flatPaths(node, `${path}/`)] : [path];
  });
}

/**
 * Moves each whiteout to the earliest place: right after the entries of its parent directories. There, removed names
 * come before opaque directories, sorted by path, so that the tar's order does not matter.
 */
function whiteoutsFirst(entries: readonly TarEntry[]): TarEntry[] {
  const isAbove = (entry: TarEntry, path: string): boolean => path.startsWith(`${parts(entry.path).join('/')}/`);
  const order = entries.map((entry, index) => {
    const path = parts(entry.path).join('/');
    const behind = entries.findLastIndex((other) => !hides(other) && isAbove(other, path));
    const opaque = path.endsWith('.wh..wh..opq');
    return { entry, at: hides(entry) ? behind + (opaque ? 0.6 : 0.5) : index, path: path.replace('.wh.', '') };
  });
  return order.sort((a, b) => a.at - b.at || (a.path < b.path ? -1 : 1)).map(({ entry }) => entry);
}

function hides(entry: TarEntry): boolean {
  return isNullDevice(entry) || (parts(entry.path).at(-1) ?? '').startsWith('.wh.');
}

function applyEntry(root: FlatDirectory, entry: TarEntry, layer: number): void {
  const names = parts(entry.path);
  const name = names.pop() ?? '';
  const parent = follow(root, names.join('/'), { create: !hides(entry) }).node;
  if (parent?.kind !== 'directory') {
    return;
  }
  if (name === '.wh..wh..opq') {
    removeLower(parent, layer);
  } else if (hides(entry)) {
    hide(parent, name.replace(/^\.wh\./, ''), layer);
  } else {
    put(root, parent, { entry, name, layer });
  }
}

function isNullDevice({ type, device }: TarEntry): boolean {
  return type === 'character-device' && device?.[0] === 0 && device[1] === 0;
}

function hide(parent: FlatDirectory, name: string, layer: number): void {
  const child = parent.children.get(name);
  if (child === undefined) {
    return;
  }
  if (child.kind === 'directory') {
    removeLower(child, layer);
  }
  if (child.kind === 'directory' ? child.children.size === 0 : child.layer < layer) {
    parent.children.delete(name);
  }
}

function removeLower(directory: FlatDirectory, layer: number): void {
  for (const name of [...directory.children.keys()]) {
    hide(directory, name, layer);
  }
}

function put(
  root: FlatDirectory,
  parent: FlatDirectory,
  { entry, name, layer }: { entry: TarEntry; name: string; layer: number },
): void {
  const { children } = parent;
  switch (entry.type) {
    case 'directory':
      if (children.get(name)?.kind !== 'directory') {
        children.set(name, newDirectory());
      }
      break;
    case 'file':
      children.set(name, {
        kind: 'file',
        id: `${layer} ${entry.path}`,
        content: Buffer.from(entry.content ?? '').toString(),
        entries: [entry.path],
        layer,
      });
      break;
    case 'symlink':
      children.set(name, { kind: 'symlink', target: entry.link ?? '', layer });
      break;
    case 'hardlink':
      children.set(name, hardLinked(root, entry, layer));
      break;
    default:
      children.set(name, { kind: 'special', layer });
  }
}

function hardLinked(root: FlatDirectory, { path, link = '' }: TarEntry, layer: number): FlatNode {
  const names = parts(link);
  const name = names.pop() ?? '';
  const parent = follow(root, names.join('/'), { create: false }).node;
  const node = parent?.kind === 'directory' ? parent.children.get(name) : undefined;
  if (node === undefined || node.kind === 'directory') {
    return { kind: 'special', layer };
  }
  return node.kind === 'file' ? { ...node, entries: [...node.entries, path], layer } : { ...node, layer };
}

function follow(root: FlatDirectory, path: string, { create }: { create: boolean }): FlatLocation {
  let trail: [string, FlatDirectory][] = [];
  let todo = parts(path);
  let hops = 0;
  const here = (): string[] => trail.map(([name]) => name);
  while (todo.length > 0) {
    const [name = '', ...rest] = todo;
    todo = rest;
    if (name === '..') {
      trail = trail.slice(0, -1);
      continue;
    }
    const parent = trail.at(-1)?.[1] ?? root;
    let node = parent.children.get(name);
    if (node?.kind === 'symlink') {
      hops += 1;
      if (hops > hopLimit) {
        return { node: undefined, path: [...here(), name].join('/'), loop: true };
      }
      trail = node.target.startsWith('/') ? [] : trail;
      todo = [...parts(node.target), ...rest];
      continue;
    }
    if (create && node?.kind !== 'directory') {
      node = newDirectory();
      parent.children.set(name, node);
    }
    if (node?.kind !== 'directory') {
      return { node: rest.length === 0 ? node : undefined, path: [...here(), name, ...rest].join('/'), loop: false };
    }
    trail = [...trail, [name, node]];
  }
  return { node: trail.at(-1)?.[1] ?? root, path: here().join('/'), loop: false };
}
