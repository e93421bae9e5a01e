import { type FeedSource, planOf } from '@clarion/model';
import { archiveName, parse } from './parse';

export const suse: FeedSource = {
  id: 'suse',
  version: 1,
  title: 'SUSE and openSUSE security updates (OSV, per CVE and binary package)',
  homepage: 'https://www.suse.com/security/',
  baseUrl: 'https://ftp.suse.com/pub/projects/security/',
  namespaces: [
    'sles:*',
    'sle-micro:*',
    'sl-micro:*',
    'opensuse-leap:*',
    'opensuse-leap-micro:*',
    'opensuse-tumbleweed',
    'opensuse:*',
  ],
  listsUnfixed: false,
  refreshMinutes: 240,
  layout: [archiveName],
  plan: () => Promise.resolve(planOf([archiveName])),
  parse,
};
