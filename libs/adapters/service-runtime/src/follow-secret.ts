import { statSync } from 'node:fs';

import type { Log } from '@clarion/model';

import { readSecretFile, type Environment } from './read-config';
import type { Setting } from './setting';

export interface FollowedSecret<T> {
  readonly setting: Setting<string | undefined>;
  /** What was read at the start. */
  readonly text: string | undefined;
  readonly parse: (text: string | undefined) => T;
  readonly log: Log;
  readonly env?: Environment;
}

/** How often a file is looked at, at most. */
const lookMillis = 5000;

/**
 * The value of a secret as it is now: a file (`…_FILE`) that has changed is read again when somebody asks. One that cannot
 * be read or parsed any more is logged, and the value before stays. Throws what `parse` throws for what was read first.
 */
export function followSecret<T>({ setting, text, parse, log, env = process.env }: FollowedSecret<T>): () => T {
  let value = parse(text);
  const file = env[`${setting.env}_FILE`] ?? '';
  if (file === '') return () => value;
  let looked = Date.now();
  let changed = statSync(file).mtimeMs;
  return () => {
    if (Date.now() - looked < lookMillis) return value;
    looked = Date.now();
    try {
      const { mtimeMs } = statSync(file);
      if (mtimeMs !== changed) {
        value = parse(readSecretFile(file));
        log.info('A secret was read again', { setting: setting.env });
      }
      changed = mtimeMs;
    } catch (error) {
      // A file that is being replaced, or has a mistake, shuts nobody out who was let in before.
      log.error('The file of a secret cannot be read; its value of before still counts', {
        setting: setting.env,
        error,
      });
    }
    return value;
  };
}
