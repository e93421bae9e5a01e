import type { FeedSource } from '@clarion/model';
import { almalinux } from './almalinux';
import { alpineSecdb } from './alpine-secdb';
import { azureLinux } from './azure-linux';
import { cisaKev } from './cisa-kev';
import { debianSecurityTracker } from './debian-security-tracker';
import { epss } from './epss';
import { nvd } from './nvd';
import { oracleOval } from './oracle-oval';
import { redhatVex } from './redhat-vex';

/** Every feed of this build, sorted by id. */
export const feedSources: readonly FeedSource[] = [
  almalinux,
  alpineSecdb,
  azureLinux,
  cisaKev,
  debianSecurityTracker,
  epss,
  nvd,
  oracleOval,
  redhatVex,
];
