import { type FeedSource, planOf } from '@clarion/model';
import { parse } from './parse';

export const chainguard: FeedSource = {
  id: 'chainguard',
  version: 2,
  title: 'Chainguard security database (fixed versions)',
  homepage: 'https://www.chainguard.dev/',
  baseUrl: 'https://packages.cgr.dev/chainguard/',
  enabled: false,
  licence: 'Chainguard License for Commercial Scanners AND CC BY-NC-ND 4.0',
  namespaces: ['chainguard'],
  rates: false,
  listsUnfixed: false,
  refreshMinutes: 120,
  layout: ['security.json'],
  plan: () => Promise.resolve(planOf(['security.json'])),
  parse,
};
