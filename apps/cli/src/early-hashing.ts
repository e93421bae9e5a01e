import { existsSync } from 'node:fs';
import { startHashing } from '@clarion/layer-archive/hashing';
import { defaultDirectory } from './default-directory';

const reading = new Set(['scan', 'packages', 'explain']);

/**
 * Starts the hashing thread while everything else is still being loaded, if no facts are stored yet, so that every
 * layer will be read. This is a guess from the raw arguments: when it is wrong, the thread was started for nothing,
 * or starts when the first layer is read.
 */
export function startHashingEarly(args: readonly string[]): void {
  const [command = ''] = args;
  const given = args[args.indexOf('--db') + 1];
  const db = (args.includes('--db') ? given : process.env['CLARION_DB']) ?? defaultDirectory();
  if (reading.has(command) && !existsSync(db)) startHashing();
}
