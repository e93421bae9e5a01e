import { type FeedSource, planOf } from '@clarion/model';
import { parse } from './parse';

export const debianSecurityTracker: FeedSource = {
  id: 'debian-security-tracker',
  version: 1,
  title: 'Debian security tracker (all source packages of all supported suites)',
  homepage: 'https://security-tracker.debian.org/',
  baseUrl: 'https://security-tracker.debian.org/tracker/data/',
  namespaces: ['debian:*'],
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 60,
  layout: ['json'],
  plan: () => Promise.resolve(planOf(['json'])),
  parse,
};
