import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { storageFailure } from '@clarion/model';
import { parseTokens, type StaticToken } from '@clarion/authentication';
import { newSealingKey } from '@clarion/sealing';

/** A secret that this installation made for itself: a file in the data directory that only its user can read. */
function secretOf(directory: string, name: string, make: () => string): string {
  const path = join(directory, name);
  if (!existsSync(path)) {
    // Written whole under another name first: of two processes that start at once, one file wins.
    const own = `${path}.${process.pid}`;
    try {
      writeFileSync(own, `${make()}\n`, { mode: 0o600 });
      linkSync(own, path);
    } catch (error) {
      if (!existsSync(path)) throw storageFailure(error, directory) ?? error;
    } finally {
      rmSync(own, { force: true });
    }
  }
  chmodSync(path, 0o600);
  return readFileSync(path, 'utf8').trim();
}

/** The key that registry credentials and webhook secrets are sealed with, where none is given. */
export function ownSealingKey(directory: string): string {
  return secretOf(directory, 'sealing-key', newSealingKey);
}

/** The token of the administrator, where no tokens are given, and the file that it is in. */
export function ownToken(directory: string): { readonly path: string; readonly tokens: readonly StaticToken[] } {
  const token = secretOf(directory, 'administrator-token', () => randomBytes(32).toString('base64url'));
  const hash = createHash('sha256').update(token).digest('hex');
  return { path: join(directory, 'administrator-token'), tokens: parseTokens(`administrator:administrator:${hash}`) };
}
