import { buildImage, file, type TarEntry } from '@clarion/test-kit';
import type { ExpectedOfFile } from './expected-of-file';
import { builtArchive, debianBase, type HostileImage, status } from './hostile-image';

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
