import { type FeedSource, planOf } from '@clarion/model';
import { documentName, parse } from './parse';

export const epss: FeedSource = {
  id: 'epss',
  version: 1,
  title: 'EPSS: how probably each CVE is exploited within 30 days (FIRST)',
  homepage: 'https://www.first.org/epss/',
  baseUrl: 'https://epss.cyentia.com/',
  namespaces: [],
  rates: false,
  listsUnfixed: false,
  refreshMinutes: 720,
  layout: [documentName],
  plan: () => Promise.resolve(planOf([documentName])),
  parse,
};
