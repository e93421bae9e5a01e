import type { FeedSource } from '@clarion/model';
import { downloadedEcosystems, languageRules } from '../osv-ecosystems';
import { parse } from './parse';

export const osv: FeedSource = {
  id: 'osv',
  version: 4,
  title: `OSV.dev: packages of ${downloadedEcosystems.slice(0, -1).join(', ')} and ${downloadedEcosystems.at(-1) ?? ''}`,
  homepage: 'https://osv.dev/',
  baseUrl: 'https://osv-vulnerabilities.storage.googleapis.com/',
  licence: 'CC BY 4.0 (GitHub, PyPA, Go), CC0 (RustSec), Apache-2.0 (malicious packages)',
  namespaces: downloadedEcosystems.flatMap((ecosystem) => languageRules(ecosystem)?.namespace ?? []),
  textsByRecord: true,
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 60,
  layout: ['<ecosystem>/all.zip'],
  // An ecosystem does not reach end of life like a release: if its archive is missing, there is an error.
  plan: () =>
    Promise.resolve({
      documents: downloadedEcosystems.map((ecosystem) => ({ name: `${ecosystem}/all.zip`, required: true })),
    }),
  parse,
};
