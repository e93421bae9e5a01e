import { testBudget } from '@clarion/test-kit';
import { parseRegistration } from './parse';

const path = 'var/lib/ghc/package.conf.d/own-1.0.conf';

function parse(text: string): ReturnType<typeof parseRegistration> {
  return parseRegistration({ path, content: Buffer.from(text) }, testBudget());
}

const own = { type: 'hackage', name: 'own', version: '1.0.2.7', path };

describe('haskell reads', () => {
  it.each<[what: string, text: string, found: readonly object[]]>([
    ['aligned fields', 'name:    own\nversion: 1.0.2.7\n', [own]],
    ['fields on a line of their own', 'name:\n    own\nversion:\n    1.0.2.7\n', [own]],
    ['a licence', 'name: own\nversion: 1.0.2.7\nlicense: BSD-3-Clause\n', [{ ...own, license: 'BSD-3-Clause' }]],
    ['a description of several paragraphs', 'name: own\nversion: 1.0.2.7\ndescription:\n    a\n\n    name: b\n', [own]],
    [
      'a library inside of a package',
      'name: z-own-z-inner\nversion: 1.0.2.7\npackage-name: own\nlib-name: inner\n',
      [],
    ],
  ])('%s', (_, text, found) => {
    expect(parse(text)).toEqual({ features: found, problems: [] });
  });

  it.each([
    ['nothing', ''],
    ['no version', 'name: own\n'],
    ['no name', 'version: 1\n'],
    ['bytes', '\0\u{1}\u{ffff}'],
  ])('a file with %s as a problem', (_, text) => {
    expect(parse(text)).toMatchObject({ features: [], problems: [{ code: 'bad-record', path }] });
  });
});
