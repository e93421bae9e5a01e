import type { FeedSource } from '@clarion/model';
import { planAlma } from './documents';
import { parse } from './parse';

export const almalinux: FeedSource = {
  id: 'almalinux',
  version: 1,
  title: 'AlmaLinux errata (fixed packages of every major release)',
  homepage: 'https://errata.almalinux.org/',
  baseUrl: 'https://errata.almalinux.org/',
  namespaces: ['alma:*'],
  rates: true,
  listsUnfixed: false,
  refreshMinutes: 120,
  layout: ['<major>/errata.full.json'],
  plan: planAlma,
  parse,
};
