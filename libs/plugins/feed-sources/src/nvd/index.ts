import type { FeedSource } from '@clarion/model';
import { apiFolder, apiQuery } from './api';
import { parse } from './parse';
import { planNvd } from './plan';

export const nvd: FeedSource = {
  id: 'nvd',
  version: 1,
  title: 'National Vulnerability Database (descriptions, CVSS and weaknesses of every CVE)',
  homepage: 'https://nvd.nist.gov/',
  baseUrl: 'https://nvd.nist.gov/feeds/json/cve/2.0/',
  mounts: { [apiFolder]: 'https://services.nvd.nist.gov/rest/json/cves/' },
  locate: apiQuery,
  namespaces: [],
  rates: true,
  listsUnfixed: false,
  refreshMinutes: 120,
  layout: ['nvdcve-2.0-<year>.meta', 'nvdcve-2.0-<year>.json'],
  plan: (upstream, last) => planNvd(upstream, last, new Date()),
  parse,
};
