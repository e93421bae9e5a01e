import { existsSync, lstatSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { chmod, copyFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ClarionError, storageFailure } from '@clarion/model';
import { clarionVersion } from '@clarion/release';
import { copyEmbeddedStore, openEmbeddedStore } from '@clarion/store-embedded';
import { backedUpFiles, type FileSum, privateMode, sumOf, syncPath } from '../backup/backup-files';
import { manifestName, manifestText } from '../backup/backup-manifest';
import { requireOutside } from '../backup/require-outside';
import { withProgress } from '../backup/with-progress';
import { makeDirectories, removeDirectories } from '../make-directories';
import type { CommonSettings } from '../settings';

/**
 * `clarion db backup DIRECTORY`: what cannot be made again, as it is at one moment, while other processes write. The
 * directory appears when it is complete; nobody else may read it.
 */
export async function backup(directory: string, settings: CommonSettings): Promise<void> {
  const target = resolve(directory);
  requireNew(target);
  requireOutside(target);
  const unfinished = `${target}.${process.pid}.tmp`;
  await withProgress(settings, async ({ progress, signal }) => {
    const phase = progress.phase('backup', 'bytes');
    const made = makeDirectories(unfinished, 0o700);
    try {
      await copyEmbeddedStore({
        directory: settings.db,
        file: join(unfinished, 'facts.mdb'),
        onBytes: (done, total) => {
          phase.advance(done, total);
        },
      });
      signal.throwIfAborted();
      const secrets = await copySecrets(resolve(settings.db), unfinished);
      const found = await contentOf(unfinished);
      const files = await sumsOf(unfinished, signal);
      complete(unfinished, target, files);
      const bytes = Object.values(files).reduce((sum, one) => sum + one.bytes, 0);
      phase.end(`${found.feeds} feeds and all images, ${(bytes / 1_048_576).toFixed(1)} MiB, in ${target}`);
      if (found.served) for (const text of missingSecrets(secrets)) progress.warn(text);
    } catch (error) {
      rmSync(unfinished, { recursive: true, force: true });
      removeDirectories(made.slice(0, -1));
      throw storageFailure(error, target) ?? error;
    }
  });
}

/** A backup never replaces another one, nor anything else. */
function requireNew(target: string): void {
  if (!existsSync(target) && !isLink(target)) return;
  throw new ClarionError('conflict', `${target} exists already`, {
    remedy: 'name a directory that does not exist, such as one with the date in its name',
  });
}

/** Also one that leads nowhere. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

async function copySecrets(from: string, to: string): Promise<readonly string[]> {
  const secrets = backedUpFiles.filter((name) => name !== 'facts.mdb' && existsSync(join(from, name)));
  for (const name of secrets) await copyFile(join(from, name), join(to, name));
  for (const name of [...secrets, 'facts.mdb']) await chmod(join(to, name), privateMode);
  return secrets;
}

interface BackupContent {
  readonly feeds: number;
  /** Images were submitted to a server on this store, or receivers of notifications. */
  readonly served: boolean;
}

/** Opens the copy: what cannot be opened is not a backup. */
async function contentOf(directory: string): Promise<BackupContent> {
  const store = await openEmbeddedStore({ directory, readOnly: true });
  try {
    const { items } = await store.images({ by: 'all' }, { limit: 1 });
    const served = items.length > 0 || (await store.endpoints()).length > 0;
    return { feeds: (await store.feedStates()).length, served };
  } finally {
    await store.close();
  }
}

async function sumsOf(directory: string, signal: AbortSignal): Promise<Record<string, FileSum>> {
  const sums: Record<string, FileSum> = {};
  for (const name of backedUpFiles) {
    const path = join(directory, name);
    if (existsSync(path)) sums[name] = await sumOf(path, { signal });
  }
  return sums;
}

/** Removes what only the opened copy needed, and puts the directory in its place. */
function complete(unfinished: string, target: string, files: Record<string, FileSum>): void {
  for (const name of readdirSync(unfinished)) if (!(name in files)) rmSync(join(unfinished, name));
  const text = manifestText({ clarion: clarionVersion, createdAt: new Date().toISOString(), files });
  writeFileSync(join(unfinished, manifestName), text, { mode: privateMode });
  for (const name of [...Object.keys(files), manifestName, '.']) syncPath(join(unfinished, name));
  // Made meanwhile by another process: a rename would replace an empty directory.
  requireNew(target);
  renameSync(unfinished, target);
  syncPath(dirname(target));
}

/** What a restored server needs and this directory does not have. */
function missingSecrets(secrets: readonly string[]): readonly string[] {
  return [
    ...(secrets.includes('sealing-key')
      ? []
      : [
          'The backup has no sealing key: there is none in the data directory. Keep CLARION_SEALING_KEYS with the backup; without them, webhook secrets and credentials of registries are lost',
        ]),
    ...(secrets.includes('administrator-token')
      ? []
      : [
          'The backup has no token: there is none in the data directory. Keep what CLARION_TOKENS or --tokens-file names',
        ]),
  ];
}
