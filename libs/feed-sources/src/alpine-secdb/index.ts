import { type FeedSource, planOf } from '@clarion/model';
import { alpineDocuments, indexName } from './documents';
import { parse } from './parse';

export const alpineSecdb: FeedSource = {
  id: 'alpine-secdb',
  version: 1,
  title: 'Alpine Linux security database (fixed versions of every branch)',
  homepage: 'https://security.alpinelinux.org/',
  baseUrl: 'https://secdb.alpinelinux.org/',
  namespaces: ['alpine:*'],
  listsUnfixed: false,
  refreshMinutes: 120,
  layout: [indexName, '<branch>/<repository>.json'],
  plan: async (upstream, last) => planOf(await alpineDocuments(upstream, last)),
  parse,
};
