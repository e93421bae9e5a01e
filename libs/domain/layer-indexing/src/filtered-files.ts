import type { GlobRest } from './directory-globs';
import type { FileNode, LinkNode } from './view-tree';

/**
 * A file of the merged view that matches the filters of one detector: one file, however many links of either kind
 * lead to it.
 */
export interface FilteredFile {
  readonly detector: string;
  /** The smallest of its real paths that match the detector's filters, else the filtered path that leads to it. */
  readonly path: string;
  readonly file: FileNode;
  /** Links that led there from the filtered paths. */
  readonly links: readonly LinkNode[];
  /** Whether it was reached by names that layers do not record: one above may have changed them unseen. */
  readonly unseen: boolean;
}

/** A file under one of its names. */
export interface NamedFile {
  readonly named: FilteredFile;
  readonly realPath: string;
}

/** A filtered path that leads somewhere, but to nothing that any layer's facts could describe. */
export interface UnresolvedPath {
  readonly path: string;
  readonly link: LinkNode;
  readonly reason: 'loop' | 'unknown target';
  /** The directory that it leads to, where files of such names are not recorded, if the names of layers show which it has. */
  readonly below?: { readonly directory: string; readonly rests: readonly GlobRest[] };
  /** The file that it leads to, which is not recorded, if the names of layers show that it exists. */
  readonly file?: string;
}

export interface FilteredFiles {
  readonly found: readonly FilteredFile[];
  readonly lost: readonly UnresolvedPath[];
}

/** What changed of the found files. */
export interface FoundChanges {
  /** Files below the layer, found since their own layer, that count one by one from now on. */
  readonly touched: readonly FilteredFile[];
  readonly removed: readonly FilteredFile[];
  readonly added: readonly FilteredFile[];
}
