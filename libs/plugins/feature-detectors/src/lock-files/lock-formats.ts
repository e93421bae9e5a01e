import { bunLock } from './formats/bun-lock';
import { cargoLock } from './formats/cargo-lock';
import { composerLock } from './formats/composer-lock';
import { conanLock } from './formats/conan-lock';
import { gemfileLock } from './formats/gemfile-lock';
import { goModules, goSums } from './formats/go-modules';
import { gradleLock } from './formats/gradle-lock';
import { mavenProject } from './formats/maven-project';
import { mixLock } from './formats/mix-lock';
import { npmLock } from './formats/npm-lock';
import { nugetLock } from './formats/nuget-lock';
import { pipfileLock } from './formats/pipfile-lock';
import { pnpmLock } from './formats/pnpm-lock';
import { pubspecLock } from './formats/pubspec-lock';
import { packagesConfig } from './formats/packages-config';
import { pdmLock, poetryLock, pylock } from './formats/python-locks';
import { requirements } from './formats/requirements';
import { swiftLock } from './formats/swift-lock';
import { uvLock } from './formats/uv-lock';
import { yarnLock } from './formats/yarn-lock';
import type { LockFormat } from './lock-format';

/** Every kind of lock file and manifest that is read. */
export const lockFormats: readonly LockFormat[] = [
  npmLock,
  pnpmLock,
  yarnLock,
  bunLock,
  poetryLock,
  uvLock,
  pdmLock,
  pylock,
  pipfileLock,
  requirements,
  goModules,
  goSums,
  cargoLock,
  gemfileLock,
  composerLock,
  nugetLock,
  packagesConfig,
  gradleLock,
  mavenProject,
  mixLock,
  pubspecLock,
  swiftLock,
  conanLock,
];
