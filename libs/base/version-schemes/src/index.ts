import type { VersionScheme } from '@clarion/model';
import { alpm } from './alpm';
import { apk } from './apk';
import { composer } from './composer';
import { conan } from './conan';
import { cran } from './cran';
import { dpkg } from './dpkg';
import { gentoo } from './gentoo';
import { go } from './go';
import { hackage } from './hackage';
import { hex } from './hex';
import { maven } from './maven';
import { npm } from './npm';
import { nuget } from './nuget';
import { openssl } from './openssl';
import { pep440 } from './pep440';
import { pub } from './pub';
import { rpm } from './rpm';
import { rubygems } from './rubygems';
import { semver } from './semver';

export {
  compareVersions,
  isAffected,
  orderUnlabelled,
  orderVersions,
  positionIn,
  reasonOfDoubt,
  type RangePosition,
} from './ranges';
export { majorLine } from './major-line';
export { longestVersion } from './order-position';
export { parseRange } from './range-expression';
export { parseNevra, type Nevra } from './rpm/nevra';
export { schemeOf } from './scheme-of';

/** Every scheme, sorted by id. */
export const versionSchemes: readonly VersionScheme[] = [
  alpm,
  apk,
  composer,
  conan,
  cran,
  dpkg,
  gentoo,
  go,
  hackage,
  hex,
  maven,
  npm,
  nuget,
  openssl,
  pep440,
  pub,
  rpm,
  rubygems,
  semver,
];

const byId = new Map(versionSchemes.map((scheme) => [scheme.id, scheme]));

/** The scheme with this id. */
export function versionScheme(id: string): VersionScheme | undefined {
  return byId.get(id);
}
