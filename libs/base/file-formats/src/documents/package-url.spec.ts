import { parsePackageUrl } from './package-url';

interface Parts {
  readonly type: string;
  readonly namespace: string;
  readonly name: string;
  readonly version?: string;
  readonly qualifiers?: Readonly<Record<string, string>>;
}

describe('parsePackageUrl', () => {
  it.each<[string, string, Parts]>([
    [
      'an rpm with qualifiers',
      'pkg:rpm/redhat/gnutls-c%2B%2B@3.8.3-4.el9_4?arch=x86_64&epoch=1',
      {
        type: 'rpm',
        namespace: 'redhat',
        name: 'gnutls-c++',
        version: '3.8.3-4.el9_4',
        qualifiers: { arch: 'x86_64', epoch: '1' },
      },
    ],
    [
      'an rpm without version',
      'pkg:rpm/redhat/gnutls?arch=src',
      { type: 'rpm', namespace: 'redhat', name: 'gnutls', qualifiers: { arch: 'src' } },
    ],
    [
      'a colon in a qualifier',
      'pkg:rpm/redhat/nodejs?rpmmod=nodejs:18:8090020240207',
      { type: 'rpm', namespace: 'redhat', name: 'nodejs', qualifiers: { rpmmod: 'nodejs:18:8090020240207' } },
    ],
    [
      'an npm scope',
      'pkg:npm/%40babel/core@7.1.0',
      { type: 'npm', namespace: '@babel', name: 'core', version: '7.1.0' },
    ],
    ['an npm scope that is not encoded', 'pkg:npm/@babel/core', { type: 'npm', namespace: '@babel', name: 'core' }],
    [
      'a container without namespace',
      'pkg:oci/ose-cli@sha256:00ff?tag=v4',
      { type: 'oci', namespace: '', name: 'ose-cli', version: 'sha256:00ff', qualifiers: { tag: 'v4' } },
    ],
    [
      'a namespace of several parts, a subpath and slashes too many',
      'pkg:golang//google.golang.org/genproto/googleapis@1.0#api/v1',
      { type: 'golang', namespace: 'google.golang.org/genproto', name: 'googleapis', version: '1.0' },
    ],
    [
      'empty and broken qualifiers',
      'pkg:rpm/a@1?x=&=y&z&ok=1&bad=%zz',
      { type: 'rpm', namespace: '', name: 'a', version: '1', qualifiers: { ok: '1' } },
    ],
  ])('reads %s', (_, text, expected) => {
    const { qualifiers, ...rest } = parsePackageUrl(text) ?? { qualifiers: new Map<string, string>() };
    expect({ ...rest, qualifiers: Object.fromEntries(qualifiers) }).toEqual({ qualifiers: {}, ...expected });
  });

  it.each([
    '',
    'pkg:',
    'pkg:rpm',
    'pkg:rpm/',
    'pkg:/redhat/gnutls',
    'rpm/redhat/gnutls',
    'pkg:rpm/%zz',
    `pkg:rpm/${'a'.repeat(5000)}`,
  ])('rejects %j', (text) => {
    expect(parsePackageUrl(text)).toBeUndefined();
  });
});
