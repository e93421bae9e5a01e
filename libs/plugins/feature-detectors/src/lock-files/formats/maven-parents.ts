import { posix } from 'node:path';
import { childText, type XmlElement } from '@clarion/file-formats/documents';
import type { WantedFile } from '@clarion/model';
import type { LockFile } from '../lock-file';
import { recordsOf } from '../lock-xml';

/** The children of a project that matter, by name. */
export type MavenSections = ReadonlyMap<string, XmlElement>;

const readSections: ReadonlySet<string> = new Set([
  ...['groupId', 'artifactId', 'version', 'parent', 'properties'],
  ...['dependencies', 'dependencyManagement'],
]);

/** The sections of a project's file; undefined, with a problem, where it cannot be read. */
export async function sectionsOf(file: Pick<LockFile, 'file' | 'budget' | 'note'>): Promise<MavenSections | undefined> {
  const isRecord = (name: string, parent: string): boolean => parent === 'project' && readSections.has(name);
  const records = await recordsOf(file, { root: 'project', isRecord });
  return records && new Map(records.map((one) => [one.name, one]));
}

/** Real projects have up to five. */
const mostParents = 10;

/**
 * The parents of a project that are files of the same layer, nearest first: where `relativePath` leads (`../pom.xml` where it
 * is absent), if that is the project that `parent` names. A path that leads to no file, or to too many, is a problem.
 */
export async function mavenParents(file: LockFile, sections: MavenSections): Promise<readonly MavenSections[]> {
  const parents: MavenSections[] = [];
  const seen = new Set([file.file.path]);
  let here = { path: file.file.path, sections };
  for (;;) {
    const parent = here.sections.get('parent');
    if (parent === undefined) return parents;
    const written = parent.children.find(({ name }) => name === 'relativePath')?.text.trim();
    // An empty one says that the parent is in a repository.
    if (written === '') return parents;
    const found = parentFile(file, here.path, written ?? '../pom.xml');
    const isExcess = found !== undefined && (seen.has(found.path) || parents.length === mostParents);
    if (found === undefined || isExcess) {
      if (written !== undefined || isExcess) file.includesUnread(written ?? found?.path ?? '');
      return parents;
    }
    seen.add(found.path);
    const next = await sectionsOfParent(file, found);
    if (next === undefined || !isNamed(next, parent)) return parents;
    parents.push(next);
    here = { path: found.path, sections: next };
  }
}

/** A path of a directory is that of the `pom.xml` in it. Paths that lead out of the tree are those of no file. */
function parentFile(file: LockFile, from: string, relative: string): WantedFile | undefined {
  const path = posix.join(posix.dirname(from), relative);
  return file.fileAt(path) ?? file.fileAt(posix.join(path, 'pom.xml'));
}

/** Hundreds of modules have the same parent. */
const known = new WeakMap<WantedFile, MavenSections>();

async function sectionsOfParent({ budget }: LockFile, file: WantedFile): Promise<MavenSections | undefined> {
  const before = known.get(file);
  if (before !== undefined) return before;
  // What is wrong with it is a problem of that file, which is read itself.
  const sections = await sectionsOf({ file, budget, note: () => undefined });
  if (sections !== undefined) known.set(file, sections);
  return sections;
}

/** Maven too takes the parent from a repository where the file is another project. */
function isNamed(sections: MavenSections, parent: XmlElement): boolean {
  const group = sections.get('groupId')?.text.trim() ?? childText(sections.get('parent'), 'groupId');
  return (
    sections.get('artifactId')?.text.trim() === childText(parent, 'artifactId') &&
    group === childText(parent, 'groupId')
  );
}
