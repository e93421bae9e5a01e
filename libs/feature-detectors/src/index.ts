import type { Detector } from '@clarion/model';
import { apk } from './apk';
import { dpkg } from './dpkg';
import { rpm } from './rpm';

/** All feature detectors, sorted by id. */
export const featureDetectors: readonly Detector[] = [apk, dpkg, rpm];
