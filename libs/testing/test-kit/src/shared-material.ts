import { existsSync } from 'node:fs';
import path from 'node:path';

const workspaceRoot = path.resolve(__dirname, '../../../..');

/**
 * Absolute path of a file or folder of the test material that lies beside the workspace in `shared/`, or undefined
 * where this checkout has none: such suites skip.
 */
export function sharedMaterial(...parts: readonly string[]): string | undefined {
  const found = path.resolve(workspaceRoot, '../shared', ...parts);
  return existsSync(found) ? found : undefined;
}
