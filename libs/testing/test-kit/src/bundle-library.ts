import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..', '..', '..');

/**
 * Bundles a library as it is, so that other processes can run it; the package `external` stays the real one. Returns
 * the file, which is in `scratch`: an empty folder of the caller. Call it once per suite.
 */
export function bundleLibrary(entry: string, external: string, scratch: string): string {
  const bundle = join(scratch, 'library.cjs');
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
  execFileSync(process.execPath, [
    join(root, 'node_modules/esbuild/bin/esbuild'),
    entry,
    '--bundle',
    '--platform=node',
    `--external:${external}`,
    `--tsconfig=${join(root, 'tsconfig.base.json')}`,
    `--outfile=${bundle}`,
    '--log-level=error',
  ]);
  return bundle;
}
