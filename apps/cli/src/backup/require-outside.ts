import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ClarionError } from '@clarion/model';
import { manifestName } from './backup-manifest';

/** Rejects a directory in a backup or a data directory: removing that would remove what is in it. */
export function requireOutside(target: string): void {
  for (let above = dirname(target); above !== dirname(above); above = dirname(above)) {
    const found = [manifestName, 'facts.mdb'].find((name) => existsSync(join(above, name)));
    if (found === undefined) continue;
    const what = found === manifestName ? 'a backup' : 'a data directory';
    throw new ClarionError('invalid-input', `${target} is inside of ${what}: ${above}`, {
      remedy: 'name a directory beside it',
    });
  }
}
