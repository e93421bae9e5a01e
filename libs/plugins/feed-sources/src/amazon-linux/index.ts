import type { FeedSource } from '@clarion/model';
import { parse } from './parse';
import { mounts, planAmazon } from './documents';

export const amazonLinux: FeedSource = {
  id: 'amazon-linux',
  version: 1,
  title: 'Amazon Linux security advisories (1, 2 with extras, 2023 with kernel live patches)',
  homepage: 'https://alas.aws.amazon.com/',
  baseUrl: 'https://cdn.amazonlinux.com/',
  mounts,
  namespaces: ['amzn:1', 'amzn:2', 'amzn:2022', 'amzn:2023'],
  rates: true,
  listsUnfixed: false,
  refreshMinutes: 360,
  layout: [
    '2/extras-catalog.json',
    '2/core/latest/<arch>/mirror.list',
    '2/extras/<topic>/latest/<arch>/mirror.list',
    'al2023/<repository>/mirrors/latest/<arch>/mirror.list',
    'al1/2018.03/updates/x86_64/mirror.list',
    '<mirror>/repodata/repomd.xml',
    '<mirror>/repodata/updateinfo.xml',
  ],
  plan: planAmazon,
  parse,
};
