import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ClarionError, storageFailure } from '@clarion/model';
import { adoptEmbeddedStore, openEmbeddedStore } from '@clarion/store-embedded';
import { type BackedUpFile, sizeOf, sumOf, syncPath } from '../backup/backup-files';
import { type BackupManifest, filesOf, manifestName, readManifest } from '../backup/backup-manifest';
import { requireOutside } from '../backup/require-outside';
import { type ProgressContext, withProgress } from '../backup/with-progress';
import { makeDirectories, removeDirectories } from '../make-directories';
import type { CommonSettings } from '../settings';

export interface RestoreSettings extends CommonSettings {
  /** Only check the backup. */
  readonly check?: boolean;
}

/**
 * `clarion db restore DIRECTORY`: puts a backup into a data directory without a store. The store appears last, after
 * all files were compared with their sums; an interrupted restore can be repeated.
 */
export async function restore(directory: string, settings: RestoreSettings): Promise<void> {
  const backup = resolve(directory);
  const db = resolve(settings.db);
  const manifest = readManifest(backup);
  await withProgress(settings, async (context) => {
    const { progress } = context;
    if (settings.check === true) {
      await readFiles({ backup, manifest }, context, 'check');
      return;
    }
    requireNoBackup(db);
    requireOutside(db);
    requireNoStore(backup, db, manifest);
    const made = makeDirectories(db, 0o700);
    try {
      await readFiles({ backup, manifest, db }, context, 'restore');
    } catch (error) {
      for (const name of filesOf(manifest)) rmSync(partOf(db, name), { force: true });
      removeDirectories(made);
      throw storageFailure(error, db) ?? error;
    }
    const store = await openEmbeddedStore({ directory: db });
    const feeds = (await store.feedStates()).length;
    await store.close();
    const text = `${feeds} feeds and all images of ${manifest.createdAt}, in ${db}`;
    progress.phase('restore', 'bytes').end(text);
  });
}

const partOf = (db: string, name: BackedUpFile): string => join(db, `${name}.restoring`);

interface ReadFiles {
  readonly backup: string;
  readonly manifest: BackupManifest;
  /** Absent: they are only checked. */
  readonly db?: string;
}

/** Compares all files with their sums, and puts them in their places if all are right. */
async function readFiles({ backup, manifest, db }: ReadFiles, context: ProgressContext, name: string): Promise<void> {
  const { progress, signal } = context;
  const phase = progress.phase(name, 'bytes');
  const files = filesOf(manifest);
  const total = files.reduce((sum, file) => sum + (manifest.files[file]?.bytes ?? 0), 0);
  let done = 0;
  const onBytes = (bytes: number): void => {
    done += bytes;
    phase.advance(done, total);
  };
  for (const file of files) {
    const expected = manifest.files[file];
    // Devices and pipes would be read for ever.
    if (expected === undefined || sizeOf(join(backup, file)) !== expected.bytes) throw damaged(backup, file);
    const copy = db === undefined ? undefined : partOf(db, file);
    const found = await sumOf(join(backup, file), { signal, onBytes }, copy).catch((cause: unknown) => {
      throw storageFailure(cause, db ?? backup) ?? damaged(backup, file, cause);
    });
    if (found.bytes !== expected.bytes || found.sha256 !== expected.sha256) throw damaged(backup, file);
  }
  if (db === undefined) {
    phase.end(`${backup} of ${manifest.createdAt} is complete: ${files.join(', ')}`);
    return;
  }
  await adoptAll(db, files);
}

/** Secrets first: a store without its sealing key would get another one at the next start. */
async function adoptAll(db: string, files: readonly BackedUpFile[]): Promise<void> {
  for (const file of [...files].reverse()) renameSync(partOf(db, file), join(db, file));
  syncPath(db);
  await adoptEmbeddedStore(db);
}

function damaged(backup: string, file: string, cause?: unknown): ClarionError {
  return new ClarionError('corrupt-data', `${file} in ${backup} is not what was backed up`, {
    cause,
    remedy: 'use another backup, or copy this one again; nothing was restored',
  });
}

/** A backup stays as it is. */
function requireNoBackup(db: string): void {
  if (!existsSync(join(db, manifestName))) return;
  throw new ClarionError('conflict', `${db} is a backup`, { remedy: 'name another directory with --db' });
}

/** Nothing is overwritten: neither a store nor the secrets of another one. */
function requireNoStore(backup: string, db: string, manifest: BackupManifest): void {
  for (const file of ['facts.mdb', ...filesOf(manifest)]) {
    const there = join(db, file);
    if (!existsSync(there)) continue;
    // What an interrupted restore of the same backup has put there.
    if (file !== 'facts.mdb' && readFileSync(there).equals(readFileSync(join(backup, file)))) continue;
    throw new ClarionError('conflict', `${db} has a ${file} already`, {
      remedy: 'stop Clarion there and move it away, or name another directory with --db',
    });
  }
}
