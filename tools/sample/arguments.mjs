// The default of `npm run scan` without an image: the sample image with the sample feeds; all of it is labelled as a
// sample.
import { join, relative } from 'node:path';
import { ensureBundle } from '../setup/ensure.mjs';
import { ensureSample, sampleConfig, sampleFeeds } from './images.mjs';

/** The arguments of the command line that scan the sample. */
export async function sampleArguments() {
  const target = await ensureSample(() => ensureBundle('sample'));
  const inCwd = (path) => relative(process.cwd(), path) || '.';
  console.error('clarion: no image given, so this scans a SAMPLE image on SAMPLE feeds (a few dozen real CVEs).');
  console.error('clarion: to scan your own: npm run scan -- alpine:3.22   or   npm run scan -- image.tar\n');
  return [
    'scan',
    `docker-archive:${inCwd(join(target, 'debian-12-with-curl.tar'))}`,
    '--feeds-dir',
    inCwd(sampleFeeds),
    '--config',
    inCwd(sampleConfig),
    '--db',
    inCwd(join(target, 'db')),
  ];
}
