import type { FeedSource } from '@clarion/model';
import { parse } from './parse';
import { planVex, repositoriesDocument } from './plan';

export const redhatVex: FeedSource = {
  id: 'redhat-vex',
  version: 3,
  title: 'Red Hat VEX (fixes and unfixed flaws of RHEL and layered products) and repository map',
  homepage: 'https://access.redhat.com/security/data',
  baseUrl: 'https://security.access.redhat.com/data/',
  // A base of one VEX folder has no map of repositories in it.
  mounts: { 'metrics/': 'https://security.access.redhat.com/data/metrics/' },
  namespaces: ['rhel:*'],
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 240,
  layout: [
    'csaf/v2/vex/archive_latest.txt',
    'csaf/v2/vex/changes.csv',
    'csaf/v2/vex/deletions.csv',
    'csaf/v2/vex/<archive>.tar.zst',
    'csaf/v2/vex/<year>/<cve>.json',
    repositoriesDocument,
  ],
  plan: planVex,
  parse,
};
