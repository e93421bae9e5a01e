import type { FeedSource } from '@clarion/model';
import { almalinux } from './almalinux';
import { alpineSecdb } from './alpine-secdb';
import { amazonLinux } from './amazon-linux';
import { archSecurity } from './arch-security';
import { azureLinux } from './azure-linux';
import { chainguard } from './chainguard';
import { cisaKev } from './cisa-kev';
import { configureFeeds, type FeedSettings } from './configured-feeds';
import { debianSecurityTracker } from './debian-security-tracker';
import { epss } from './epss';
import { goVulndb } from './go-vulndb';
import { nodejsCore } from './nodejs-core';
import { nvd } from './nvd';
import { oracleOval } from './oracle-oval';
import { osv } from './osv';
import { ownFeed } from './own-feed';
import { photon } from './photon';
import { redhatSecurityData } from './redhat-security-data';
import { redhatVex } from './redhat-vex';
import { rockyLinux } from './rocky-linux';
import { suse } from './suse';
import { ubuntu } from './ubuntu';
import { ubuntuCveTracker } from './ubuntu-cve-tracker';
import { wolfi } from './wolfi';

/** All built-in feeds, sorted by id. */
export const feedSources: readonly FeedSource[] = [
  almalinux,
  alpineSecdb,
  amazonLinux,
  archSecurity,
  azureLinux,
  chainguard,
  cisaKev,
  debianSecurityTracker,
  epss,
  goVulndb,
  nodejsCore,
  nvd,
  oracleOval,
  osv,
  photon,
  redhatSecurityData,
  redhatVex,
  rockyLinux,
  suse,
  ubuntu,
  ubuntuCveTracker,
  wolfi,
];

/** The user's own feeds, then the built-in feeds as the configuration changes them (`configureFeeds`). */
export function configuredFeeds(settings: FeedSettings): readonly FeedSource[] {
  return configureFeeds(feedSources, settings, [ownVulnerabilities.id]);
}

/** The feeds that are updated and that count as coverage of a distribution. */
export function enabledFeeds(settings: FeedSettings): readonly FeedSource[] {
  return configuredFeeds(settings).filter(({ enabled }) => enabled !== false);
}

/** Vulnerabilities that this installation records through its API; no document is fetched for them. */
export const ownVulnerabilities: FeedSource = {
  ...ownFeed({ id: 'own-vulnerabilities', format: 'osv', baseUrl: 'clarion:own-vulnerabilities/' }),
  title: 'Own vulnerabilities, as written by the API',
  writtenHere: true,
};

export type { FeedSettings } from './configured-feeds';
export { isBoundToLocation, mirroredFeeds, nameOfStored } from './relocated-feed';
export { type OwnFeedOptions, ownFeed } from './own-feed';
export { type OwnFormat, ownFormats } from './own-files';
export { misspeltMembers } from './own-fault';
