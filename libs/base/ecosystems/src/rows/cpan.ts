import type { Ecosystem } from '../ecosystem';

/** Packages of Perl. */
export const cpan: Ecosystem = {
  type: 'cpan',
  namespace: 'cpan',
  otherNames: ['perl'],
  signs: ['**/.packlist', '**/cpanfile.snapshot'],
};
