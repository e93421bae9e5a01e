import type { FeedSource } from '@clarion/model';
import { apiFolder, apiQuery } from './api';
import { parse } from './parse';
import { planNvd } from './plan';
import { runtimeNamespaces } from './runtime-advisories';

export const nvd: FeedSource = {
  id: 'nvd',
  version: 2,
  title: 'National Vulnerability Database (descriptions and CVSS of every CVE; advisories about runtimes)',
  homepage: 'https://nvd.nist.gov/',
  baseUrl: 'https://nvd.nist.gov/feeds/json/cve/2.0/',
  mounts: { [apiFolder]: 'https://services.nvd.nist.gov/rest/json/cves/' },
  locate: apiQuery,
  // Advisories by CPE, only about programs that no package owns.
  namespaces: runtimeNamespaces,
  describesAll: true,
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 120,
  layout: ['nvdcve-2.0-<year>.meta', 'nvdcve-2.0-<year>.json'],
  plan: (upstream, last) => planNvd(upstream, last, new Date()),
  parse,
};
