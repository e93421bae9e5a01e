import type { FeedSource } from '@clarion/model';
import { languageEcosystems } from '../osv-ecosystems';
import { parse } from './parse';

export const osv: FeedSource = {
  id: 'osv',
  version: 2,
  title: 'OSV.dev: packages of npm, PyPI, Maven, Go, crates.io, NuGet, RubyGems and Packagist',
  homepage: 'https://osv.dev/',
  baseUrl: 'https://osv-vulnerabilities.storage.googleapis.com/',
  licence: 'CC BY 4.0 (GitHub, PyPA, Go), CC0 (RustSec), Apache-2.0 (malicious packages)',
  namespaces: languageEcosystems.map(({ namespace }) => namespace),
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 60,
  layout: ['<ecosystem>/all.zip'],
  // An ecosystem does not reach end of life like a release: if its archive is missing, there is an error.
  plan: () =>
    Promise.resolve({
      documents: languageEcosystems.map(({ ecosystem }) => ({ name: `${ecosystem}/all.zip`, required: true })),
    }),
  parse,
};
