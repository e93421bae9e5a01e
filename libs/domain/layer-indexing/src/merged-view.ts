import { hideNames } from './hide-names';
import { type AppliedStructure, applyChanges } from './layer-changes';
import type { LayerChange } from './sort-changes';
import { splitPath } from './split-path';
import {
  childOf,
  type DirectoryNode,
  type FileNode,
  isLower,
  type LinkNode,
  type MergedView,
  ownName,
  removeChild,
  removeLower,
  setChild,
  type ViewNode,
} from './view-tree';
import { directoryAt, nodeAt } from './resolve-path';

/**
 * Applies one layer to the view, as container runtimes do: the parent of an entry is resolved through the view, its
 * last component is not followed. Changes are applied in path order, which is the order in which tools write layers.
 * An entry behind a loop of links has no parent; runtimes refuse such a layer. Nothing more is applied when the budget
 * is used up. Returns whether anything changed: a layer that changes nothing when it is applied once more under its
 * own number never will.
 */
export function applyLayer(view: MergedView, applied: AppliedStructure): boolean {
  const { layer, structure } = applied;
  const before = view.changes.length;
  const lowerLinks = (structure.lowerLinks ?? []).map(([path, target]): LowerLink => {
    return { path, target, layer, found: view.budget.spend(1) ? nodeAt(view, target) : undefined };
  });
  if (structure.names !== undefined) hideNames(view, layer, structure.names);
  applyChanges(view, applied, (parent, change) => {
    applyChange(view, parent, { ...change, layer });
  });
  // Hard links come last: their target may sort after them, and no other entry needs them.
  for (const [path, target] of structure.hardlinks) {
    if (!view.budget.spend(1)) return view.changes.length > before;
    applyHardLink(view, { path, target, layer, found: nodeAt(view, target) });
  }
  for (const [link, found] of unchanged(view, lowerLinks)) applyHardLink(view, { ...link, found }, link.found);
  // One of these links may have changed the target of another.
  for (const [link, found] of unchanged(view, lowerLinks)) {
    if (found === undefined) applyHardLink(view, { ...link, found }, link.found);
  }
  return view.changes.length > before;
}

/**
 * The targets of hard links to lower layers. Whether the link or a change of its target came first is not recorded,
 * so a target that this layer changed is unknown.
 */
function unchanged(view: MergedView, links: readonly LowerLink[]): [LowerLink, ViewNode | undefined][] {
  return links.map((link) => {
    const { found, target } = link;
    return [link, view.budget.spend(1) && nodeAt(view, target) === found ? found : undefined];
  });
}

function applyChange(
  view: MergedView,
  parent: DirectoryNode,
  { kind, path, target, layer }: LayerChange & { readonly layer: number },
): void {
  const name = splitPath(path)[1];
  const child = childOf(view, parent, name);
  switch (kind) {
    case 'opaque':
      removeLower(view, parent, layer);
      break;
    case 'whiteout':
      if (child !== undefined && isLower(view, child, layer)) removeChild(view, parent, name);
      break;
    case 'obstacle':
      put(view, parent, { name, path, layer });
      break;
    case 'directory':
      if (child !== undefined && child.kind !== 'directory') put(view, parent, { name, path, layer });
      break;
    case 'link':
      put(view, parent, { name, path, layer, node: { kind, layer, path, target } });
      break;
    case 'file':
      put(view, parent, { name, path, layer, node: { kind, layer, path } });
      break;
  }
}

/** What the entry `path` of a layer puts at a name; without `node`, nothing relevant. */
interface NewNode {
  readonly name: string;
  readonly path: string;
  readonly layer: number;
  readonly node?: FileNode | LinkNode | undefined;
}

/**
 * Replaces what has a name. Where two entries of one layer reach it by different paths through a link of a lower
 * layer, the record does not show which came last: the name then refers to an unread file.
 */
function put(view: MergedView, parent: DirectoryNode, { name, path, layer, node }: NewNode): void {
  const known = childOf(view, parent, name);
  if (known !== undefined && known.kind !== 'directory' && known.layer === layer && ownName(known) !== path) {
    setChild(view, parent, [name, { kind: 'file', layer, path: '' }]);
  } else if (node !== undefined) setChild(view, parent, [name, node]);
  else if (known !== undefined) removeChild(view, parent, name);
}

interface LowerLink {
  readonly path: string;
  readonly target: string;
  readonly layer: number;
  /** What the target was below the layer. */
  readonly found: ViewNode | undefined;
}

/** An unknown target becomes an unread file. */
function applyHardLink(view: MergedView, { path, layer, found: known }: LowerLink, before?: ViewNode): void {
  const [parentPath, name] = splitPath(path);
  const parent = directoryAt(view, parentPath, 'create');
  if (parent === undefined) return;
  let node: FileNode | LinkNode = { kind: 'file', layer, path, ...(before?.kind === 'file' && { isLost: true }) };
  if (known?.kind === 'file') node = known.layer === layer ? { ...known, linkPath: path } : known;
  else if (known?.kind === 'link') node = { ...known, layer, path };
  put(view, parent, { name, path, layer, node });
}
