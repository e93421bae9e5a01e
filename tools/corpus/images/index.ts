import { join } from 'node:path';
import type { HostileImage } from '../hostile-image';
import { seededRandom } from '../random';
import { archiveImages } from './archives';
import { compressionImages } from './compression';
import { databaseImages } from './databases';
import { linkImages } from './links';
import { repeatImages } from './repeats';
import { tarHeaderImages } from './tar-headers';
import { twoReadings } from './two-readings';

/** All hostile images of a seed; `root` is the workspace, whose test data is the source of damaged databases. */
export function hostileImages({
  seed,
  root,
}: {
  readonly seed: number;
  readonly root: string;
}): readonly HostileImage[] {
  const random = seededRandom(seed);
  return [
    ...tarHeaderImages(),
    ...twoReadings,
    ...linkImages(),
    ...compressionImages(),
    ...databaseImages(join(root, 'libs', 'plugins', 'feature-detectors', 'src'), random),
    ...archiveImages(random),
    ...repeatImages(),
  ];
}
