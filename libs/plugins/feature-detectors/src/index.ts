import type { Detector } from '@clarion/model';
import { apk } from './apk';
import { dpkg } from './dpkg';
import { node } from './node';
import { pacman } from './pacman';
import { phpComposer } from './php-composer';
import { python } from './python';
import { rpm } from './rpm';
import { ruby } from './ruby';

/** All feature detectors, sorted by id. */
export const featureDetectors: readonly Detector[] = [apk, dpkg, node, pacman, phpComposer, python, rpm, ruby];
