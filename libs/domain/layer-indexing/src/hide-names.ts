import { resolve } from './resolve-path';
import { unpackNames, type PackedName } from './entry-names';
import { childOf, type DirectoryNode, isLower, type MergedView, removeChild } from './view-tree';

/** A directory on the way to a name: `end` is the length of its path with the last slash. */
interface PassedDirectory {
  readonly end: number;
  readonly node: DirectoryNode;
}

/**
 * Removes from the view what entries of the layer replace: whatever is below a name that is not a directory, and links and
 * files at the name of a directory. What the layer has at these names itself is added afterwards. Costs a step a name;
 * names in directories that the view does not have are passed over.
 */
export function hideNames(view: MergedView, layer: number, packed: string): void {
  const hiding = new HidingNames(view, layer);
  unpackNames(packed, (one) => {
    if (!view.budget.spend(1)) return false;
    hiding.take(one);
    return true;
  });
}

class HidingNames {
  private readonly passed: PassedDirectory[];
  /** Length of the path of a directory that the view does not have; 0 if that is not known of the last name. */
  private absent = 0;
  private readonly view: MergedView;
  private readonly layer: number;

  constructor(view: MergedView, layer: number) {
    this.view = view;
    this.layer = layer;
    this.passed = [{ end: 0, node: view.root }];
  }

  take({ name, shared }: PackedName): void {
    if (this.absent > 0 && shared >= this.absent) return;
    this.absent = 0;
    const isDirectory = name.endsWith('/');
    const end = isDirectory ? name.length - 1 : name.length;
    const parent = this.enter(name, { shared, end });
    if (parent === undefined) return;
    const last = name.slice(parent.end, end);
    const child = childOf(this.view, parent.node, last);
    if (child === undefined || (isDirectory && child.kind === 'directory')) return;
    if (isLower(this.view, child, this.layer)) removeChild(this.view, parent.node, last);
  }

  /** The directory of a name that ends at `end`; undefined if the view does not have it. */
  private enter(
    name: string,
    { shared, end }: { readonly shared: number; readonly end: number },
  ): PassedDirectory | undefined {
    while ((this.passed.at(-1)?.end ?? 0) > shared) this.passed.pop();
    let at = this.passed.at(-1) ?? { end: 0, node: this.view.root };
    for (let slash = name.indexOf('/', at.end); slash >= 0 && slash < end; slash = name.indexOf('/', at.end)) {
      const node = this.directoryIn(at.node, name.slice(at.end, slash), name.slice(0, slash));
      if (node === undefined) {
        this.absent = slash + 1;
        return undefined;
      }
      at = { end: slash + 1, node };
      this.passed.push(at);
    }
    return at;
  }

  private directoryIn(parent: DirectoryNode, name: string, path: string): DirectoryNode | undefined {
    const child = childOf(this.view, parent, name);
    if (child?.kind !== 'link') return child?.kind === 'directory' ? child : undefined;
    const { end } = resolve(this.view, path);
    return typeof end !== 'string' && end.kind === 'directory' ? end : undefined;
  }
}
