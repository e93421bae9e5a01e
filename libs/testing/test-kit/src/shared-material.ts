import { existsSync } from 'node:fs';
import path from 'node:path';

const workspaceRoot = path.resolve(__dirname, '../../../..');

/**
 * Absolute path of a file or folder of the test material in `shared/` next to the workspace, or undefined if this
 * checkout has none: such suites are skipped.
 */
export function sharedMaterial(...parts: readonly string[]): string | undefined {
  const found = path.resolve(workspaceRoot, '../shared', ...parts);
  return existsSync(found) ? found : undefined;
}
