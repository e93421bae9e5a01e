import type { FeedSource } from '@clarion/model';
import { locate } from './pages';
import { parse } from './parse';
import { planSecurityData } from './plan';

export const redhatSecurityData: FeedSource = {
  id: 'redhat-security-data',
  version: 2,
  title: 'Red Hat security data API (source packages; the fallback for redhat-vex)',
  homepage: 'https://docs.redhat.com/en/documentation/red_hat_security_data_api/1.0',
  baseUrl: 'https://access.redhat.com/hydra/rest/securitydata/',
  locate,
  requestsPerSecond: 10,
  enabled: false,
  offBecause: 'redhat-vex says the same about binary packages and architectures',
  licence: 'CC BY 4.0',
  namespaces: ['rhel:*'],
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 24 * 60,
  layout: ['list/<page>.json', 'cve/<cve>.json'],
  plan: planSecurityData,
  parse,
};
