import type { FeedSource } from '@clarion/model';
import { parse } from './parse';

const name = 'com.oracle.elsa-all.xml';

export const oracleOval: FeedSource = {
  id: 'oracle-oval',
  version: 1,
  title: 'Oracle Linux errata as OVAL (fixes of all releases, ksplice and FIPS builds apart)',
  homepage: 'https://linux.oracle.com/security/',
  baseUrl: 'https://linux.oracle.com/security/oval/',
  namespaces: ['oracle:*'],
  rates: true,
  listsUnfixed: false,
  refreshMinutes: 240,
  layout: [`${name}.bz2`],
  // Only the compressed form is published: requesting it by its name costs one request for an unchanged document.
  plan: () => Promise.resolve({ documents: [{ name, path: `${name}.bz2` }] }),
  parse,
};
