import type { WorkBudget } from '@clarion/model';
import { decodeText } from '../text';
import type { ReadContext } from '../read-context';

/** The tags of an installed package's header that a scanner needs. Absent tags (also written `(none)`) are absent. */
export interface RpmHeader {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly epoch?: number;
  readonly architecture?: string;
  /** `name-version-release.src.rpm`, without epoch. */
  readonly sourceRpm?: string;
  /** Modularity label `name:stream:version:context`. */
  readonly module?: string;
  readonly license?: string;
  readonly vendor?: string;
}

const tags = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  architecture: 1022,
  sourceRpm: 1044,
  module: 5096,
} as const;
const tagsToRead: ReadonlySet<number> = new Set(Object.values(tags));

const int32 = 4;
const stringTypes: ReadonlySet<number> = new Set([6, 8, 9]); // STRING, STRING_ARRAY, I18NSTRING: first string counts
const entryBytes = 16;

/**
 * Reads a header blob as stored in all rpm databases: big-endian index length and data length, the index of 16-byte
 * entries, the data. Signatures and regions are not checked, so that a package whose header rpm rejects is still
 * listed. A header without a readable name, version or release is a problem and yields undefined.
 *
 * @see https://rpm-software-management.github.io/rpm/manual/format_header.html
 */
export function readRpmHeader(blob: Uint8Array, { note, budget }: ReadContext): RpmHeader | undefined {
  const values = valuesOf(blob, tagsToRead, budget);
  const data = values?.first;
  if (data === undefined) {
    note('bad-record', `A package header of ${blob.length} bytes is broken`);
    return undefined;
  }
  const text = (tag: number): string | undefined => readString(blob, data.get(tag));
  const name = text(tags.name);
  const version = text(tags.version);
  const release = text(tags.release);
  if (name === undefined || version === undefined || release === undefined) {
    note(
      'bad-record',
      `The package header of ${JSON.stringify((name ?? '?').slice(0, 100))} lacks its name, version or release`,
    );
    return undefined;
  }
  for (const { tag, value } of values?.repeated ?? []) {
    const [first, again] = [data.get(tag), value].map((one) => readString(blob, one) ?? readNumber(blob, one));
    if (first !== again)
      note('bad-record', `The package header of ${JSON.stringify(name)} has tag ${tag} more than once`);
  }
  const optional = {
    epoch: readNumber(blob, data.get(tags.epoch)),
    architecture: text(tags.architecture),
    sourceRpm: text(tags.sourceRpm),
    module: text(tags.module),
    license: text(tags.license),
    vendor: text(tags.vendor),
  };
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { name, version, release, ...Object.fromEntries(present) };
}

/** Where the value of a tag is: absolute offset and the end of the header's data. */
export interface TagLocation {
  readonly type: number;
  /** How many values there are. */
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

/** Values of the tags of one header. */
export interface TagValues {
  readonly first: ReadonlyMap<number, TagLocation>;
  /** Further values of repeated tags; which one rpm uses depends on how it searches. */
  readonly repeated: readonly { readonly tag: number; readonly value: TagLocation }[];
}

const keptRepeats = 9;

/** The values of the given tags; undefined for a header that is cut off. */
export function valuesOf(blob: Uint8Array, tags: ReadonlySet<number>, budget: WorkBudget): TagValues | undefined {
  if (blob.length < 8) return undefined;
  const view = new DataView(blob.buffer, blob.byteOffset, blob.length);
  const dataStart = 8 + view.getUint32(0) * entryBytes;
  const end = dataStart + view.getUint32(4);
  if (end > blob.length) return undefined;
  const first = new Map<number, TagLocation>();
  const repeated: { tag: number; value: TagLocation }[] = [];
  for (let at = 8; at < dataStart && budget.spend(1); at += entryBytes) {
    const tag = view.getUint32(at);
    if (!tags.has(tag)) continue;
    const start = dataStart + view.getUint32(at + 8);
    const count = view.getUint32(at + 12);
    if (start >= end || count === 0) continue;
    const value = { type: view.getUint32(at + 4), count, start, end };
    if (!first.has(tag)) first.set(tag, value);
    else if (repeated.length < keptRepeats) repeated.push({ tag, value });
  }
  return { first, repeated };
}

const maxStringBytes = 4096;

/** The first string of a value; undefined where it has none or is of another type. */
export function readString(blob: Uint8Array, value: TagLocation | undefined): string | undefined {
  if (value === undefined || !stringTypes.has(value.type)) return undefined;
  const bytes = blob.subarray(value.start, Math.min(value.end, value.start + maxStringBytes));
  const length = bytes.indexOf(0);
  if (length <= 0) return undefined;
  const text = decodeText(bytes.subarray(0, length));
  return text === '(none)' ? undefined : text;
}

/** The first number of a value; undefined where it has none or is of another type. */
export function readNumber(blob: Uint8Array, value: TagLocation | undefined): number | undefined {
  if (value?.type !== int32 || value.start + 4 > value.end) return undefined;
  return new DataView(blob.buffer, blob.byteOffset, blob.length).getUint32(value.start);
}
