import type { Detector } from '@clarion/model';
import { apk } from './apk';
import { dpkg } from './dpkg';
import { pacman } from './pacman';
import { python } from './python';
import { rpm } from './rpm';

/** All feature detectors, sorted by id. */
export const featureDetectors: readonly Detector[] = [apk, dpkg, pacman, python, rpm];
