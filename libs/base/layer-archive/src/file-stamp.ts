import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { LayerContent } from '@clarion/model';

type FileContent = Extract<LayerContent, { readonly kind: 'file' }>;

/**
 * Differs after every change of a file: a write sets the change time of its inode, which no program can set to another
 * value (`touch` only resets the modification time of the content, and sets this one to now).
 */
export function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** The coarsest clocks of file systems (FAT) tick every two seconds. */
const tickMillis = 2000;

/**
 * Whether any later change gives the file another stamp: a change within the same tick of the clock as the last one
 * would not. (Git calls such files racy.) Modification times in the future were set by hand; the change time of the
 * inode cannot be.
 */
export function isSettled({ mtimeMs, ctimeMs }: BigIntStats, now: number): boolean {
  const [written, changed] = [Number(mtimeMs), Number(ctimeMs)];
  return now - changed >= tickMillis && (written > now || now - written >= tickMillis);
}

/** The key of a part of a file in the state of the stamp. */
export function regionKey(stamp: string, { offset, length }: Pick<FileContent, 'offset' | 'length'>): string {
  return `${stamp} ${offset} ${length}`;
}

/** As `regionKey`, for a file that was unpacked from the one with the stamp. */
function unpackedKey(stamp: string, region: FileContent): string {
  return `unpacked ${regionKey(stamp, region)}`;
}

/**
 * A key of a part of a file in its current state: parts with equal keys have equal bytes. Undefined when there is no
 * such file. Opens nothing.
 */
export async function identifyRegion(content: FileContent): Promise<string | undefined> {
  const from = content.temporary?.unpackedFrom;
  if (from !== undefined) return unpackedKey(from, content);
  const stats = await stat(content.path, { bigint: true }).catch(() => undefined);
  return stats === undefined ? undefined : regionKey(stampOf(stats), content);
}

/**
 * The key under which its digests may be cached; undefined for a file that is not seen again, or may change unnoticed.
 */
export function lastingKey(content: FileContent, stats: BigIntStats, now: number): string | undefined {
  if (content.temporary === undefined) return isSettled(stats, now) ? regionKey(stampOf(stats), content) : undefined;
  const { unpackedFrom } = content.temporary;
  return unpackedFrom === undefined ? undefined : unpackedKey(unpackedFrom, content);
}
