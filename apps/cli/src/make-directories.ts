import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ClarionError, storageFailure } from '@clarion/model';

/**
 * Makes a directory with those above it, and returns the made ones, outermost first. One after the other: all at once,
 * Node.js never ends where the system makes no directories (/proc). Throws `invalid-input` where that is not possible,
 * and leaves none then.
 */
export function makeDirectories(path: string, mode: number): readonly string[] {
  const missing: string[] = [];
  for (let one = path; !existsSync(one) && one !== dirname(one); one = dirname(one)) missing.unshift(one);
  const made: string[] = [];
  try {
    for (const one of missing) if (makeDirectory(one, mode)) made.push(one);
  } catch (cause) {
    removeDirectories(made);
    throw (
      storageFailure(cause, path) ??
      new ClarionError('invalid-input', `A directory cannot be made: ${cause instanceof Error ? cause.message : ''}`, {
        cause,
        remedy: 'name another directory, or check the permissions',
      })
    );
  }
  return made;
}

/** False if another process has just made it. */
function makeDirectory(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if (existsSync(path)) return false;
    throw error;
  }
}

/** Removes the made directories that are empty. */
export function removeDirectories(made: readonly string[]): void {
  try {
    for (const one of [...made].reverse()) rmdirSync(one);
  } catch {
    // Another process uses it by now.
  }
}
