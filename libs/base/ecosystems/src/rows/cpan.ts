import type { Ecosystem } from '../ecosystem';

/** Packages of Perl. */
export const cpan: Ecosystem = {
  type: 'cpan',
  namespace: 'cpan',
  otherNames: ['perl'],
  readBy: [{ detector: 'perl', signs: ['**/auto/**/.packlist', '**/.meta/*/install.json'] }],
  signs: ['**/cpanfile.snapshot'],
};
