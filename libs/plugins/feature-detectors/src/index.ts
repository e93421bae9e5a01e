import type { Detector } from '@clarion/model';
import { apk } from './apk';
import { dotnet } from './dotnet';
import { dpkg } from './dpkg';
import { goBinary } from './go-binary';
import { java } from './java';
import { node } from './node';
import { pacman } from './pacman';
import { phpComposer } from './php-composer';
import { python } from './python';
import { pythonArchives } from './python-archives';
import { rpm } from './rpm';
import { ruby } from './ruby';
import { rustBinary } from './rust-binary';
import { yarnPnp } from './yarn-pnp';

/** All feature detectors, sorted by id. */
export const featureDetectors: readonly Detector[] = [
  apk,
  dotnet,
  dpkg,
  goBinary,
  java,
  node,
  pacman,
  phpComposer,
  python,
  pythonArchives,
  rpm,
  ruby,
  rustBinary,
  yarnPnp,
];
