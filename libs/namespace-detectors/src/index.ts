import type { Detector } from '@clarion/model';
import { alpineRelease } from './alpine-release';
import { apkRepositories } from './apk-repositories';
import { aptSources } from './apt-sources';
import { debianVersion } from './debian-version';
import { lsbRelease } from './lsb-release';
import { osRelease } from './os-release';
import { vendorRelease } from './vendor-release';

/** All namespace detectors, sorted by id. */
export const namespaceDetectors: readonly Detector[] = [
  alpineRelease,
  apkRepositories,
  aptSources,
  debianVersion,
  lsbRelease,
  osRelease,
  vendorRelease,
];
