import type { WorkBudget } from '@clarion/model';
import { readNumber, readString, type TagLocation, valuesOf } from './header';

const tags = {
  packageName: 1000,
  states: 1029,
  digests: 1035,
  directoryIndexes: 1116,
  names: 1117,
  directories: 1118,
  digestAlgorithm: 5011,
} as const;
const tagsToRead: ReadonlySet<number> = new Set(Object.values(tags));

const char = 1;
const int32 = 4;
const stringArray = 8;

/** A file of an installed package, as rpm writes it: the directory ends in a slash. Views into the header. */
export interface RpmFileName {
  /** Absent where the header names no package. */
  readonly packageName?: string;
  readonly directory: Uint8Array;
  readonly name: Uint8Array;
  /** The digest of its content in hexadecimal; absent for what is no regular file. */
  readonly digest?: Uint8Array;
  readonly digestAlgorithm?: RpmDigestAlgorithm;
}

export type RpmDigestAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** By the numbers of OpenPGP; headers without one have MD5. */
const algorithms: ReadonlyMap<number, RpmDigestAlgorithm> = new Map([
  [1, 'md5'],
  [2, 'sha1'],
  [8, 'sha256'],
  [9, 'sha384'],
  [10, 'sha512'],
]);

/**
 * The files that a package header names, including their directories: base names, each with the index of its directory.
 * What another package replaced (`--replacefiles`) or rpm did not install (`--nodocs`) is left out: another file is there, or none.
 * Broken entries are skipped silently: the reader of packages reports broken headers. Costs one step per name, and one per digest.
 *
 * @see https://rpm-software-management.github.io/rpm/manual/tags.html
 */
export function* rpmFileNames(blob: Uint8Array, budget: WorkBudget): Generator<RpmFileName> {
  const values = valuesOf(blob, tagsToRead, budget)?.first;
  const indexes = values?.get(tags.directoryIndexes);
  if (values === undefined || indexes?.type !== int32) return;
  const directories = [...strings(blob, values.get(tags.directories), budget)];
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  const packageName = readString(blob, values.get(tags.packageName));
  const ofPackage = packageName === undefined ? {} : { packageName };
  const digestAlgorithm = algorithms.get(readNumber(blob, values.get(tags.digestAlgorithm)) ?? 1);
  const digests = strings(blob, values.get(tags.digests), budget);
  const states = values.get(tags.states);
  let at = indexes.start;
  for (const name of strings(blob, values.get(tags.names), budget)) {
    if (at + 4 > indexes.end) return;
    const directory = directories[view.getUint32(at)];
    const isElsewhere = isNotInstalled(blob, states, (at - indexes.start) / 4);
    at += 4;
    const digest = digestAlgorithm === undefined ? undefined : digests.next().value;
    if (directory === undefined || isElsewhere) continue;
    if (digestAlgorithm === undefined || digest === undefined || digest.length === 0) {
      yield { ...ofPackage, directory, name };
    } else yield { ...ofPackage, directory, name, digest, digestAlgorithm };
  }
}

/** The state of a file that is there, and the one where it is not known. */
const installedStates: ReadonlySet<number> = new Set([0, 0xff]);

function isNotInstalled(blob: Uint8Array, states: TagLocation | undefined, index: number): boolean {
  if (states?.type !== char || index >= states.count || states.start + index >= states.end) return false;
  return !installedStates.has(blob[states.start + index] ?? 0);
}

function* strings(
  blob: Uint8Array,
  value: TagLocation | undefined,
  budget: WorkBudget,
): Generator<Uint8Array, undefined> {
  if (value?.type !== stringArray) return undefined;
  const { count, end } = value;
  let at = value.start;
  for (let number = 0; number < count && at < end && budget.spend(1); number += 1) {
    const next = blob.indexOf(0, at);
    if (next < 0 || next >= end) return undefined;
    yield blob.subarray(at, next);
    at = next + 1;
  }
  return undefined;
}
