import { isObject, type JsonObject } from '@clarion/model';
import { isUsableText } from '../usable-text';
import { readLicense } from './read-license';

/** A release of a distribution, as cpanm records it (`.meta/Own-Sample-1.02/`). */
export interface Release {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Modules that it consists of. */
  readonly modules: ReadonlySet<string>;
  /** The file that proves it. */
  readonly path: string;
}

/** The two files that cpanm writes for one release. */
export interface ReleaseFiles {
  readonly path: string;
  readonly install?: JsonObject;
  readonly meta?: JsonObject;
}

/** `Own-Sample-1.02`, `Own-Sample-v1.2.3`, `Own-Sample-1.02-TRIAL`. */
const nameAndVersion = /^(.+)-(v?\d[^-]*(?:-TRIAL\d*)?)$/;
const longestName = 500;

/**
 * The release that the files describe; undefined without a name and a version. `dist` of `install.json` is the name of
 * the release's file: `version` beside it is a number, in which 1.10 is 1.1.
 */
export function releaseOf({ path, install = {}, meta = {} }: ReleaseFiles): Release | undefined {
  const { dist, provides } = install;
  const metaName = isUsableText(meta['name']) ? meta['name'].replaceAll('::', '-') : undefined;
  const [name, version] = splitRelease(dist, metaName) ?? [
    metaName,
    isUsableText(meta['version']) ? meta['version'] : undefined,
  ];
  if (name === undefined || version === undefined) return undefined;
  const modules = new Set(isObject(provides) ? Object.keys(provides) : []);
  return { name, version, license: readLicense(meta['license']), modules, path };
}

function splitRelease(dist: unknown, name: string | undefined): readonly [string, string] | undefined {
  if (!isUsableText(dist) || dist.length > longestName) return undefined;
  if (name !== undefined && dist.startsWith(`${name}-`)) return [name, dist.slice(name.length + 1)];
  const [, found, version] = nameAndVersion.exec(dist) ?? [];
  return found === undefined || version === undefined ? undefined : [found, version];
}

/** The newest of several releases of a distribution, by the numbers in their versions. */
export function newest(releases: readonly Release[]): Release | undefined {
  const [first, ...others] = releases;
  return first && others.reduce(newerOf, first);
}

function newerOf(a: Release, b: Release): Release {
  const [numbersOfA, numbersOfB] = [numbersOf(a), numbersOf(b)];
  for (let at = 0; at < Math.max(numbersOfA.length, numbersOfB.length); at++) {
    const difference = Number(numbersOfA[at] ?? -1) - Number(numbersOfB[at] ?? -1);
    if (difference !== 0) return difference > 0 ? a : b;
  }
  return b;
}

function numbersOf({ version }: Release): readonly string[] {
  return version.slice(0, longestName).match(/\d+/g) ?? [];
}
