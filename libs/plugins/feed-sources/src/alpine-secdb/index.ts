import type { FeedSource } from '@clarion/model';
import { indexName, planAlpine } from './documents';
import { parse } from './parse';
import { rejectionsFolder } from './rejections';

export const alpineSecdb: FeedSource = {
  id: 'alpine-secdb',
  version: 2,
  title: 'Alpine Linux security database (fixed versions of every branch, rejected flaws)',
  homepage: 'https://security.alpinelinux.org/',
  baseUrl: 'https://secdb.alpinelinux.org/',
  mounts: { [rejectionsFolder]: 'https://gitlab.alpinelinux.org/alpine/security/security-rejections/-/raw/master/' },
  namespaces: ['alpine:*'],
  rates: false,
  listsUnfixed: false,
  refreshMinutes: 120,
  layout: [indexName, '<branch>/<repository>.json', `${rejectionsFolder}<repository>.yaml`],
  plan: planAlpine,
  parse,
};
