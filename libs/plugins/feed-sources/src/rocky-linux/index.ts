import type { FeedSource } from '@clarion/model';
import { parse } from './parse';
import { locatePage, planPages } from './pages';

export const rockyLinux: FeedSource = {
  id: 'rocky-linux',
  version: 1,
  title: 'Rocky Linux security advisories (Apollo: all majors, SIG Cloud included)',
  homepage: 'https://errata.rockylinux.org/',
  baseUrl: 'https://apollo.build.resf.org/api/v3/',
  locate: locatePage,
  requestsPerSecond: 4,
  namespaces: ['rocky:*'],
  rates: true,
  listsUnfixed: false,
  refreshMinutes: 360,
  layout: ['advisories/page-<number>.json'],
  plan: planPages,
  parse,
};
