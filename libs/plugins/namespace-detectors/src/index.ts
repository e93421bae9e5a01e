import type { Detector } from '@clarion/model';
import { alpineRelease } from './alpine-release';
import { amazonExtras } from './amazon-extras';
import { apkRepositories } from './apk-repositories';
import { aptSources } from './apt-sources';
import { contentManifests } from './content-manifests';
import { debianVersion } from './debian-version';
import { dnfHistory } from './dnf-history';
import { lsbRelease } from './lsb-release';
import { osRelease } from './os-release';
import { suseProducts } from './suse-products';
import { ubuntuPro } from './ubuntu-pro';
import { vendorRelease } from './vendor-release';
import { yumHistory } from './yum-history';

/** All detectors of namespaces and of evidence about repositories, products and services, sorted by id. */
export const namespaceDetectors: readonly Detector[] = [
  alpineRelease,
  amazonExtras,
  apkRepositories,
  aptSources,
  contentManifests,
  debianVersion,
  dnfHistory,
  lsbRelease,
  osRelease,
  suseProducts,
  ubuntuPro,
  vendorRelease,
  yumHistory,
];
