// What `npm run scan` without an image scans: a sample image, built here from small text fixtures, on small sample
// feeds. Neither says anything about a real image; everything about it is labelled a sample.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBundle, root } from '../setup/ensure.mjs';

const here = dirname(fileURLToPath(import.meta.url));
export const sampleFeeds = join(here, 'feeds');

/** Builds the sample images if they are not there; returns their folder. */
export async function ensureSample() {
  const target = join(root, 'dist', 'sample');
  if (!existsSync(join(target, 'alpine-3.22.tar'))) {
    const builder = await ensureBundle('sample');
    const done = spawnSync(process.execPath, [builder, here, target], { stdio: ['ignore', 'inherit', 'inherit'] });
    if (done.status !== 0) process.exit(1);
  }
  return target;
}

/** The arguments of the command line that scan the sample. */
export async function sampleArguments() {
  const target = await ensureSample();
  const inCwd = (path) => relative(process.cwd(), path) || '.';
  console.error('clarion: no image given, so this scans a SAMPLE image on SAMPLE feeds (a few dozen real CVEs).');
  console.error('clarion: to scan your own: npm run scan -- alpine:3.22   or   npm run scan -- image.tar\n');
  return [
    'scan',
    `docker-archive:${inCwd(join(target, 'debian-12-with-curl.tar'))}`,
    '--feeds-dir',
    inCwd(sampleFeeds),
    '--config',
    inCwd(join(here, 'clarion.yaml')),
    '--db',
    inCwd(join(target, 'db')),
  ];
}
