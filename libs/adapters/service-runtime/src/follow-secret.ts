import { statSync } from 'node:fs';

import type { Log } from '@clarion/model';

import { readSecretFile, type ProcessEnvironment } from './read-config';
import type { ServiceSetting } from './setting';

export interface FollowedSecret<T> {
  readonly setting: ServiceSetting<string | undefined>;
  /** The text that was read at the start. */
  readonly text: string | undefined;
  readonly parse: (text: string | undefined) => T;
  readonly log: Log;
  readonly env?: ProcessEnvironment;
}

/** Minimum time between checks of a file. */
const lookMillis = 5000;

/**
 * The current value of a secret: a changed file (`…_FILE`) is read again on access. If it can no longer be read or
 * parsed, this is logged and the previous value stays. Throws the errors of `parse` for the first value.
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
      // A file that is being replaced, or has a mistake, must not lock out existing users.
      log.error('The file of a secret cannot be read; its value of before still counts', {
        setting: setting.env,
        error,
      });
    }
    return value;
  };
}
