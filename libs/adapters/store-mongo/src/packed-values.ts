import { randomUUID } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

import { ClarionError } from '@clarion/model';

import type { MongoContext } from './context';
import type { CollectionName, CollectionDocuments, PageDocument } from './documents';
import type { ValueDocument } from './value-document';
import { sequencePart } from './keys';

/** Shorter values would not become shorter. */
const packFrom = 400;
/** Together with its other members, a document stays below a megabyte. */
export const pageSize = 512 * 1024;
/** Number of attempts to read a value whose pages were replaced in the meantime. */
const readTurns = 8;

type PackedMembers = Pick<ValueDocument, 'v' | 'g' | 'n'>;

/** A value ready to be written: the members of its document and the pages that must be there before. */
export interface PackedValue {
  readonly members: PackedMembers;
  readonly pages: readonly Uint8Array[];
}

export function packValue(value: unknown): PackedValue {
  // JSON escapes lone surrogates, which BSON strings would lose, and returns `__proto__` as a plain member.
  const text = JSON.stringify(value);
  if (text.length < packFrom) return { members: { v: text }, pages: [] };
  const packed = deflateRawSync(text, { level: 1 });
  if (packed.length <= pageSize) return { members: { v: packed }, pages: [] };
  const parts = cut(packed);
  const [v, ...pages] = parts;
  return { members: { v: v ?? packed, g: randomUUID(), n: pages.length }, pages };
}

/** Cuts bytes in parts that a document can hold. */
export function cut(bytes: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += pageSize) parts.push(bytes.subarray(start, start + pageSize));
  return parts;
}

/** A value without further pages. */
export function unpackValue(stored: string | Uint8Array): unknown {
  try {
    const text = typeof stored === 'string' ? stored : inflateRawSync(stored).toString();
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ClarionError('corrupt-data', 'a value in the store cannot be read', {
      remedy: 'restore the database from a backup, or drop it: everything but submissions can be computed again',
      cause: error,
    });
  }
}

/** Facts about many packages repeat themselves: some ten times shorter, packed. */
const packedTimes = 10;

/** About how many bytes a value has, without unpacking it. */
export function unpackedBytes({ v, n = 0 }: PackedMembers): number {
  return typeof v === 'string' ? v.length : (v.length + n * pageSize) * packedTimes;
}

/** The documents of the further pages of a value. */
export function pageDocuments(
  owner: { readonly collection: CollectionName; readonly id: string; readonly at: Date },
  { members, pages }: PackedValue,
): readonly PageDocument[] {
  return pages.map((v, index) => ({
    _id: pageId(members.g ?? '', index),
    v,
    collection: owner.collection,
    owner: owner.id,
    at: owner.at.getTime(),
  }));
}

function pageId(generation: string, index: number): string {
  return `${generation}\t${sequencePart(index)}`;
}

/** The ids of the further pages of stored values. */
export function pageIds(values: readonly Partial<PackedMembers>[]): readonly string[] {
  return values.flatMap(({ g, n = 0 }) => (g === undefined ? [] : Array.from({ length: n }, (_, i) => pageId(g, i))));
}

/** Writes the pages of a value; its document is written afterwards. */
export async function writePages(
  context: MongoContext,
  owner: { readonly collection: CollectionName; readonly id: string },
  packed: PackedValue,
): Promise<void> {
  for (const page of pageDocuments({ ...owner, at: context.now() }, packed)) {
    await context.collection('pages').insertOne(page);
  }
}

/** Deletes the pages of removed values. */
export async function deletePages(
  context: MongoContext,
  values: readonly (Partial<PackedMembers> | null | undefined)[],
): Promise<void> {
  const ids = pageIds(values.filter((value) => value !== null && value !== undefined));
  for (let start = 0; start < ids.length; start += 1000) {
    await context.collection('pages').deleteMany({ _id: { $in: ids.slice(start, start + 1000) } });
  }
}

/** A document with its value; undefined when it was deleted while its pages were read. */
export async function readValue<N extends CollectionName>(
  context: MongoContext,
  name: N,
  document: CollectionDocuments[N] & ValueDocument,
): Promise<unknown> {
  let current: ValueDocument | null = document;
  for (let turn = 0; turn < readTurns && current !== null; turn += 1) {
    const packed = await joinPages(context, current);
    if (packed !== undefined) return unpackValue(packed);
    // Another value was written: its document names its own pages.
    current = (await context.collection(name).findOne({ _id: document._id } as never)) as ValueDocument | null;
  }
  if (current === null) return undefined;
  throw new ClarionError('corrupt-data', `pages of a value in ${name} are missing`);
}

async function joinPages(context: MongoContext, value: ValueDocument): Promise<string | Uint8Array | undefined> {
  const ids = pageIds([value]);
  if (ids.length === 0 || typeof value.v === 'string') return value.v;
  const pages: Uint8Array[] = [];
  for (const id of ids) {
    const page = await context.collection('pages').findOne({ _id: id });
    if (page === null) return undefined;
    pages.push(page.v);
  }
  return Buffer.concat([value.v, ...pages]);
}
