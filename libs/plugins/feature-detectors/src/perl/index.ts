import { type Detector, filesWithin } from '@clarion/model';
import { parseInstallations } from './parse';

/** Distributions of CPAN that its installers have installed. */
export const perl: Detector = {
  id: 'perl',
  kind: 'feature',
  version: 1,
  title: 'Perl distributions (metadata of cpanm, .packlist, perllocal.pod)',
  files: {
    paths: ['**/.meta/*/install.json', '**/.meta/*/MYMETA.json', '**/auto/**/.packlist', '**/perllocal.pod'],
    maxBytes: 8 * 1024 * 1024,
    byPath: true,
  },
  detect(files, budget) {
    return parseInstallations(filesWithin(files, budget), budget);
  },
};
