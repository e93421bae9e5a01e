import { type FeedSource, planOf } from '@clarion/model';
import { parse } from './parse';

export const archSecurity: FeedSource = {
  id: 'arch-security',
  version: 1,
  title: 'Arch Linux security tracker (vulnerability groups of all packages)',
  homepage: 'https://security.archlinux.org/',
  baseUrl: 'https://security.archlinux.org/',
  namespaces: ['arch'],
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 120,
  layout: ['all.json'],
  plan: () => Promise.resolve(planOf(['all.json'])),
  parse,
};
