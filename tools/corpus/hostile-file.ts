import { buildImage, file, type TarEntry } from '@clarion/test-kit';
import { builtArchive, debianBase, type HostileImage, status } from './hostile-image';

/** What a report must say about a hostile file; the vulnerable package of the distribution must be found as well. */
export interface ExpectedOfFile {
  /** Names of packages that it must list with this file as evidence. */
  readonly packages?: readonly string[];
  /** It must have a problem with the path of the file, or of the layer where all files share a limit. */
  readonly problem?: 'file' | 'layer';
}

/** A file that any image may contain. */
export interface HostileFile {
  /** `family/case`. */
  readonly name: string;
  readonly path: string;
  readonly content: () => Uint8Array;
  /** Nothing at all where there is truly nothing in it. */
  readonly expected: ExpectedOfFile;
}

/** An image with that file between release file and package database, as its own layer of three. */
export function imageWith({ name, path, content, expected }: HostileFile): HostileImage {
  const entry = (): TarEntry => ({ ...file(path, content()), mode: 0o755 });
  const image = builtArchive(name, 'found', () =>
    buildImage({ layers: [[...debianBase], [entry()], [status()]], compression: 'gzip' }),
  );
  return { ...image, about: { path, expected } };
}
