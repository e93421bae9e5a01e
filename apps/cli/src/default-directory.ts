import { homedir } from 'node:os';
import { join } from 'node:path';

/** The default directory of facts: `$XDG_CACHE_HOME/clarion`. */
export function defaultDirectory(): string {
  const cache = process.env['XDG_CACHE_HOME'];
  return join(cache !== undefined && cache !== '' ? cache : join(homedir(), '.cache'), 'clarion');
}
