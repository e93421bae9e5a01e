import { type FeedSource, planOf } from '@clarion/model';
import { indexName, photonDocuments } from './documents';
import { parse } from './parse';

export const photon: FeedSource = {
  id: 'photon',
  version: 1,
  title: 'Photon OS CVE metadata (all branches, packages that are not affected included)',
  homepage: 'https://github.com/vmware/photon/wiki/Security-Advisories',
  baseUrl: 'https://packages.broadcom.com/photon/photon_cve_metadata/',
  namespaces: ['photon:*'],
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 240,
  layout: [indexName, 'cve_data_photon<branch>.json'],
  plan: async (upstream, last) => planOf(await photonDocuments(upstream, last)),
  parse,
};
