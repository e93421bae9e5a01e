import type { FeedSource } from '@clarion/model';
import { almalinux } from './almalinux';
import { alpineSecdb } from './alpine-secdb';
import { azureLinux } from './azure-linux';
import { chainguard } from './chainguard';
import { cisaKev } from './cisa-kev';
import { debianSecurityTracker } from './debian-security-tracker';
import { epss } from './epss';
import { goVulndb } from './go-vulndb';
import { nvd } from './nvd';
import { oracleOval } from './oracle-oval';
import { osv } from './osv';
import { redhatVex } from './redhat-vex';
import { wolfi } from './wolfi';

/** Every feed of this build, sorted by id. */
export const feedSources: readonly FeedSource[] = [
  almalinux,
  alpineSecdb,
  azureLinux,
  chainguard,
  cisaKev,
  debianSecurityTracker,
  epss,
  goVulndb,
  nvd,
  oracleOval,
  osv,
  redhatVex,
  wolfi,
];
