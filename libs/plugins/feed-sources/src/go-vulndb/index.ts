import { type FeedSource, planOf } from '@clarion/model';
import { parse } from './parse';

export const goVulndb: FeedSource = {
  id: 'go-vulndb',
  version: 3,
  title: 'Go vulnerability database: modules, the standard library and the toolchain',
  homepage: 'https://vuln.go.dev/',
  baseUrl: 'https://vuln.go.dev/',
  licence: 'CC BY 4.0',
  namespaces: ['go', 'generic:go'],
  rates: false,
  listsUnfixed: true,
  refreshMinutes: 120,
  layout: ['vulndb.zip'],
  plan: () => Promise.resolve(planOf(['vulndb.zip'])),
  parse,
};
