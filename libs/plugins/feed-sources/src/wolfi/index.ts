import { type FeedSource, planOf } from '@clarion/model';
import { parse } from './parse';

export const wolfi: FeedSource = {
  id: 'wolfi',
  version: 2,
  title: 'Wolfi security database (fixed versions)',
  homepage: 'https://wolfi.dev/',
  baseUrl: 'https://packages.wolfi.dev/os/',
  enabled: false,
  licence: 'Chainguard License for Commercial Scanners AND CC BY-NC-ND 4.0',
  namespaces: ['wolfi'],
  rates: false,
  listsUnfixed: false,
  refreshMinutes: 120,
  layout: ['security.json'],
  plan: () => Promise.resolve(planOf(['security.json'])),
  parse,
};
