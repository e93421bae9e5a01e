import {
  type BuiltImage,
  buildImage,
  buildTar,
  endBlocks,
  file,
  type ImageRecipe,
  type TarEntry,
  writeDockerArchive,
} from '@clarion/test-kit';
import { join } from 'node:path';
import type { ExpectedOfFile } from './expected-of-file';

/**
 * The allowed results of a scan. Every hostile image hides or contains a vulnerable package, so a clean report is never
 * correct:
 * - `found`: odd but legal, the package must be found;
 * - `not-clean`: found, incomplete or rejected;
 * - `any`: nothing is vulnerable for sure; only crashes, hangs and memory count.
 */
export type Expectation = 'found' | 'not-clean' | 'any';

export interface HostileImage {
  /** `family/case`. */
  readonly name: string;
  readonly expect: Expectation;
  /** Writes the image below `directory` and returns the reference to scan. */
  write(directory: string): string;
  /** An image that is scanned first on the same store, to poison it. */
  readonly before?: HostileImage;
  /** What the report must say about one of its files, which all detectors are given. */
  readonly about?: { readonly path: string; readonly expected: ExpectedOfFile };
}

/** The finding that every image carries: nghttp2 of Debian 12, in the feeds of the sample. */
export const vulnerability = 'CVE-2023-44487';

export const osRelease = 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n';

export const stanza = (name: string, version: string, more = ''): string =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n${more}\n`;

export const vulnerable = stanza('libnghttp2-14', '1.52.0-1', 'Source: nghttp2\n');
export const statusPath = 'var/lib/dpkg/status';

/** What a Debian has apart from its package database. */
export const debianBase: readonly TarEntry[] = [file('etc/os-release', osRelease)];
export const status = (content: string | Uint8Array = vulnerable): TarEntry => file(statusPath, content);

/** A vulnerable Debian in two layers. */
export const debianAndDatabase = (): BuiltImage => buildImage({ layers: [[...debianBase], [status()]] });

/** A tar without its end, for hand-made members to follow. */
export function openTar(entries: readonly TarEntry[]): Buffer {
  const tar = Buffer.from(buildTar(entries));
  return tar.subarray(0, tar.length - endBlocks.length);
}

/** A docker archive of layers, built from entries or raw tar bytes. */
export function dockerArchive(name: string, expect: Expectation, layers: () => ImageRecipe['layers']): HostileImage {
  return builtArchive(name, expect, () => buildImage({ layers: layers() }));
}

export function builtArchive(name: string, expect: Expectation, build: () => BuiltImage): HostileImage {
  return {
    name,
    expect,
    write(directory) {
      const target = join(directory, 'image.tar');
      writeDockerArchive(target, build(), { form: 'v1.1' });
      return `docker-archive:${target}`;
    },
  };
}

/**
 * One layer of raw tar: a Debian, then hostile bytes, then the package database, which a reader that stops early
 * misses.
 */
export function aroundStatus(name: string, expect: Expectation, hostile: () => Uint8Array): HostileImage {
  return dockerArchive(name, expect, () => [
    Buffer.concat([openTar(debianBase), hostile(), openTar([status()]), endBlocks]),
  ]);
}
