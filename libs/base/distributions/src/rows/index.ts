import type { Distribution } from '../distribution';
import { alma } from './alma';
import { alpine } from './alpine';
import { amzn } from './amzn';
import { arch } from './arch';
import { azurelinux } from './azurelinux';
import { bottlerocket } from './bottlerocket';
import { centos } from './centos';
import { centosStream } from './centos-stream';
import { chainguard } from './chainguard';
import { debian } from './debian';
import { fedora } from './fedora';
import { gentoo } from './gentoo';
import { mariner } from './mariner';
import { minimos } from './minimos';
import { opensuse } from './opensuse';
import { opensuseLeap } from './opensuse-leap';
import { opensuseLeapMicro } from './opensuse-leap-micro';
import { opensuseTumbleweed } from './opensuse-tumbleweed';
import { oracle } from './oracle';
import { photon } from './photon';
import { rhel } from './rhel';
import { rocky } from './rocky';
import { slMicro } from './sl-micro';
import { sleMicro } from './sle-micro';
import { sles } from './sles';
import { ubuntu } from './ubuntu';
import { wolfi } from './wolfi';

/** Every distribution that is recognised, sorted by family. */
export const distributions: readonly Distribution[] = [
  alma,
  alpine,
  amzn,
  arch,
  azurelinux,
  bottlerocket,
  centos,
  centosStream,
  chainguard,
  debian,
  fedora,
  gentoo,
  mariner,
  minimos,
  opensuse,
  opensuseLeap,
  opensuseLeapMicro,
  opensuseTumbleweed,
  oracle,
  photon,
  rhel,
  rocky,
  slMicro,
  sleMicro,
  sles,
  ubuntu,
  wolfi,
];
