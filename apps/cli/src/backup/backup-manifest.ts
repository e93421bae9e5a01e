import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClarionError } from '@clarion/model';
import { z } from 'zod';
import { type BackedUpFile, backedUpFiles, sizeOf } from './backup-files';

export const manifestName = 'backup.json';

const version = 1;
/** A manifest has some 500 bytes. */
const mostBytes = 64 * 1024;

const schema = z.object({
  version: z.number(),
  clarion: z.string().max(100),
  createdAt: z.iso.datetime(),
  files: z.partialRecord(
    z.enum(backedUpFiles),
    z.object({ bytes: z.number().int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

/** What a backup contains, written last. */
export type BackupManifest = z.infer<typeof schema>;

/** The text of `backup.json`. */
export function manifestText(of: Omit<BackupManifest, 'version'>): string {
  return `${JSON.stringify({ version, ...of }, null, 2)}\n`;
}

/** Reads it. Throws `not-found` if there is no complete backup, `unsupported` for one of a later Clarion. */
export function readManifest(backup: string): BackupManifest {
  let read: unknown;
  try {
    const path = join(backup, manifestName);
    if ((sizeOf(path) ?? Infinity) > mostBytes) throw new TypeError('It is not a file, or too large');
    read = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ClarionError('not-found', `${backup} is not a complete backup: its ${manifestName} cannot be read`, {
      cause,
      remedy: 'name a directory that clarion db backup has made',
    });
  }
  const parsed = schema.safeParse(read);
  const later = typeof read === 'object' && read !== null && 'version' in read && read.version !== version;
  if (later) {
    throw new ClarionError('unsupported', `${backup} was made by another Clarion`, {
      remedy: 'restore it with that version or a later one',
    });
  }
  if (!parsed.success || parsed.data.files['facts.mdb'] === undefined) {
    throw new ClarionError('corrupt-data', `${manifestName} of ${backup} is damaged`);
  }
  return parsed.data;
}

/** The files of a backup. */
export function filesOf({ files }: BackupManifest): readonly BackedUpFile[] {
  return backedUpFiles.filter((name) => files[name] !== undefined);
}
