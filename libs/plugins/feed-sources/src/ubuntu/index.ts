import { type FeedSource, planOf } from '@clarion/model';
import { osvArchive, parse, vexArchive } from './parse';
import { feedId } from './archive-record';

export const ubuntu: FeedSource = {
  id: feedId,
  version: 1,
  title: 'Ubuntu security metadata (fixes from OSV, every other state from OpenVEX; Pro, ESM and FIPS included)',
  homepage: 'https://documentation.ubuntu.com/security/security-updates/',
  baseUrl: 'https://security-metadata.canonical.com/',
  namespaces: ['ubuntu:*'],
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 120,
  layout: [osvArchive, vexArchive],
  plan: () => Promise.resolve(planOf([osvArchive, vexArchive])),
  parse,
};
