import { join } from 'node:path';
import { imageWith } from '../hostile-file';
import type { HostileImage } from '../hostile-image';
import { seededRandom } from '../random';
import { archiveImages } from './archives';
import { compressionImages } from './compression';
import { databaseImages } from './databases';
import { executableFiles } from './executable-files';
import { linkImages } from './links';
import { metadataFiles } from './metadata-files';
import { repeatImages } from './repeats';
import { tarHeaderImages } from './tar-headers';
import { twoReadings } from './two-readings';
import { zipFiles } from './zip-files';

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
    ...[...zipFiles, ...executableFiles, ...metadataFiles].map(imageWith),
  ];
}
