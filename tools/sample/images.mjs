// The sample: images built here from small text fixtures, and small feeds. Neither describes a real image.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const sampleFeeds = join(here, 'feeds');
export const sampleConfig = join(here, 'clarion.yaml');

/** Builds the sample images if they do not exist, with the bundle from `builder`; returns their folder. */
export async function ensureSample(builder) {
  const target = join(here, '..', '..', 'dist', 'sample');
  if (!existsSync(join(target, 'typical', 'oci-layout'))) {
    const done = spawnSync(process.execPath, [await builder(), here, target], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (done.status !== 0) process.exit(1);
  }
  return target;
}
