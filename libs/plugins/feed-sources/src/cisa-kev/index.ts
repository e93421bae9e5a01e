import { type FeedSource, planOf } from '@clarion/model';
import { parse } from './parse';

const documentName = 'known_exploited_vulnerabilities.json';

export const cisaKev: FeedSource = {
  id: 'cisa-kev',
  version: 2,
  title: 'CISA catalogue of vulnerabilities known to be exploited (KEV)',
  homepage: 'https://www.cisa.gov/known-exploited-vulnerabilities-catalog',
  baseUrl: 'https://www.cisa.gov/sites/default/files/feeds/',
  namespaces: [],
  rates: false,
  listsExploited: true,
  listsUnfixed: false,
  refreshMinutes: 360,
  layout: [documentName],
  plan: () => Promise.resolve(planOf([documentName])),
  parse,
};
