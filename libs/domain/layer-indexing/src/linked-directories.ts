import { type DirectoryGlobs, type GlobRest, testOf } from './directory-globs';
import { pathDetectors } from './file-selection';
import type { UnresolvedPath } from './filtered-files';
import { mayExist } from './relevant-paths';
import { resolve } from './resolve-path';
import type { SearchPlan } from './search-plan';
import type { DirectoryNode, MergedView, ViewNode } from './view-tree';

/** Real paths of links, each with what is left of globs whose beginnings match it. */
export type DirectoryLinks = Map<string, readonly GlobRest[]>;

/** A directory below a link, under the name that it has by the link, and what names in it must match. */
interface SearchedDirectory {
  readonly path: string;
  readonly node: DirectoryNode;
  readonly components: readonly string[];
}

/**
 * The names of filtered files in the directories that links lead to: `app/node_modules/x/package.json` where
 * `app/node_modules` is a link. Links in those directories are followed, too, as long as they stand for one component.
 */
export function* namesThroughDirectories(
  view: MergedView,
  { directories }: Pick<SearchPlan, 'directories'>,
  links: DirectoryLinks,
): Generator<string> {
  for (const [path, rests] of links) {
    const { end } = resolve(view, path);
    if (typeof end === 'string' || end.kind !== 'directory') continue;
    for (const rest of rests) yield* namesBelow({ path, node: end, rest }, { view, directories });
  }
}

interface SearchIn {
  readonly view: MergedView;
  readonly directories: DirectoryGlobs;
}

function* namesBelow(
  { path: top, node: first, rest }: Omit<SearchedDirectory, 'components'> & { readonly rest: GlobRest },
  { view, directories }: SearchIn,
): Generator<string> {
  const pending: SearchedDirectory[] = [{ path: top, node: first, components: rest.components }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { path, node } = next;
    const [component = '', ...components] = next.components;
    if (component === '**') {
      pending.push({ path, node, components });
      for (const [name, child] of node.children) {
        if (!view.budget.spend(1)) return;
        if (child.kind === 'directory') pending.push({ ...next, path: `${path}/${name}`, node: child });
      }
      continue;
    }
    for (const [name, child] of matchingChildren(view, node, component)) {
      if (!view.budget.spend(1)) return;
      const named = `${path}/${name}`;
      if (components.length === 0) {
        if (child.kind !== 'directory') yield named;
        continue;
      }
      // What a link leads to that matches by itself is found there.
      const behind = { detector: rest.detector, components };
      if (child.kind === 'link' && directories.isLeftAt(child.target, node.path, behind)) continue;
      const directory = directoryOf(view, named, child);
      if (directory !== undefined) pending.push({ path: named, node: directory, components });
    }
  }
}

function* matchingChildren(
  view: MergedView,
  { children }: DirectoryNode,
  component: string,
): Generator<readonly [string, ViewNode]> {
  if (!component.includes('*')) {
    const child = children.get(component);
    if (child !== undefined) yield [component, child];
    return;
  }
  const test = testOf(component);
  for (const [name, child] of children) {
    if (!view.budget.spend(1)) return;
    if (test(name)) yield [name, child];
  }
}

function directoryOf(view: MergedView, path: string, node: ViewNode): DirectoryNode | undefined {
  if (node.kind !== 'link') return node.kind === 'directory' ? node : undefined;
  const { end } = resolve(view, path);
  return typeof end !== 'string' && end.kind === 'directory' ? end : undefined;
}

/** Links that lead nowhere, and those to directories where files of the names that are looked for are not recorded. */
export function lostDirectories(
  view: MergedView,
  { matcher }: Pick<SearchPlan, 'matcher'>,
  links: DirectoryLinks,
): UnresolvedPath[] {
  return [...links].flatMap(([path, rests]): UnresolvedPath[] => {
    const asked = rests.filter(({ detector }) => pathDetectors(matcher, [detector]).length > 0);
    if (asked.length === 0) return [];
    const { end, path: realPath, links: followed } = resolve(view, path);
    const link = followed.at(-1);
    if (link === undefined) return [];
    if (end === 'loop') return [{ path, link, reason: 'loop' }];
    const isUnknown = asked.some(({ detector, components }) => {
      const sample = components.map((one) => one.replaceAll(/\*+/g, 'x')).join('/');
      return mayExist(`${realPath}/${sample}`, [detector], matcher);
    });
    return isUnknown ? [{ path, link, reason: 'unknown target' }] : [];
  });
}
