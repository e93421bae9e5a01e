import type { Ecosystem } from '../ecosystem';
import { alpm } from './alpm';
import { apk } from './apk';
import { bioconductor } from './bioconductor';
import { cargo } from './cargo';
import { composer } from './composer';
import { conan } from './conan';
import { conda } from './conda';
import { cpan } from './cpan';
import { cran } from './cran';
import { dpkg } from './dpkg';
import { ebuild } from './ebuild';
import { gem } from './gem';
import { golang } from './golang';
import { hackage } from './hackage';
import { hex } from './hex';
import { julia } from './julia';
import { luarocks } from './luarocks';
import { maven } from './maven';
import { npm } from './npm';
import { nuget } from './nuget';
import { otp } from './otp';
import { programs } from './programs';
import { pub } from './pub';
import { pypi } from './pypi';
import { rpm } from './rpm';
import { swift } from './swift';

/** Every known kind of packages. */
export const ecosystems: readonly Ecosystem[] = [
  alpm,
  apk,
  bioconductor,
  cargo,
  composer,
  conan,
  conda,
  cpan,
  cran,
  dpkg,
  ebuild,
  gem,
  golang,
  hackage,
  hex,
  julia,
  luarocks,
  maven,
  npm,
  nuget,
  otp,
  programs,
  pub,
  pypi,
  rpm,
  swift,
];
