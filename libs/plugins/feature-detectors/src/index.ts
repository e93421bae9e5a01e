import type { Detector } from '@clarion/model';
import { apk } from './apk';
import { binaries } from './binaries';
import { dart } from './dart';
import { dotnet } from './dotnet';
import { dpkg } from './dpkg';
import { elfNotes } from './elf-notes';
import { erlang } from './erlang';
import { goBinary } from './go-binary';
import { haskell } from './haskell';
import { java } from './java';
import { jvm } from './jvm';
import { lockFiles } from './lock-files';
import { lua } from './lua';
import { node } from './node';
import { pacman } from './pacman';
import { perl } from './perl';
import { phpComposer } from './php-composer';
import { python } from './python';
import { pythonArchives } from './python-archives';
import { r } from './r';
import { rpm } from './rpm';
import { ruby } from './ruby';
import { rustBinary } from './rust-binary';
import { rustPaths } from './rust-paths';
import { swift } from './swift';
import { yarnPnp } from './yarn-pnp';

/** All feature detectors, sorted by id. */
export const featureDetectors: readonly Detector[] = [
  apk,
  binaries,
  dart,
  dotnet,
  dpkg,
  elfNotes,
  erlang,
  goBinary,
  haskell,
  java,
  jvm,
  lockFiles,
  lua,
  node,
  pacman,
  perl,
  phpComposer,
  python,
  pythonArchives,
  r,
  rpm,
  ruby,
  rustBinary,
  rustPaths,
  swift,
  yarnPnp,
];
