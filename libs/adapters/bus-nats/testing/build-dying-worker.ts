import path from 'node:path';
import { buildSync } from 'esbuild';

/** Builds `dying-worker.ts` in `folder` for plain Node; returns the path of the program. */
export function buildDyingWorker(folder: string): string {
  const outfile = path.join(folder, 'worker.js');
  buildSync({
    entryPoints: [path.join(__dirname, 'dying-worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    tsconfig: path.join(__dirname, '../../../../tsconfig.base.json'),
    logLevel: 'silent',
  });
  return outfile;
}
