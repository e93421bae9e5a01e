import type { FeedSource } from '@clarion/model';
import { parse } from './parse';
import { archiveName, plan, vexArchiveName } from './plan';

export const suse: FeedSource = {
  id: 'suse',
  version: 3,
  title: 'SUSE and openSUSE (OSV: security updates; CSAF VEX: flaws without a fix, and what is not affected)',
  homepage: 'https://www.suse.com/security/',
  baseUrl: 'https://ftp.suse.com/pub/projects/security/',
  namespaces: [
    'sles:*',
    'sle-micro:*',
    'sl-micro:*',
    'opensuse-leap:*',
    'opensuse-leap-micro:*',
    'opensuse-tumbleweed',
    'opensuse:*',
  ],
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 240,
  layout: [archiveName, vexArchiveName],
  plan,
  parse,
};
