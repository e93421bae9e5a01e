import { longestVersion, versionScheme, versionSchemes } from './index';

/**
 * How versions compare with a text that is not a valid version of the scheme: `<` `>` as `order` says, `?` where the
 * order is unknown.
 */
type Row = readonly [scheme: string, text: string, below: string, unknown: string, above: string];

const rows: readonly Row[] = [
  // Alpine's real bounds, 2025-01-04.
  [
    'apk',
    '0.8.21.r2',
    '0.8.20-r9 0.8.21_rc1-r0 0.8.3',
    '0.8.21-r0 0.8.21-r3 0.8.21.1',
    '0.8.22-r0 0.8.22_alpha1 0.9 1',
  ],
  ['apk', '4.8.0.-r1', '4.7.9-r9', '4.8.0-r0 4.8.0-r2 4.8.0_p1', '4.8.1-r0 4.8.10 4.9_rc1'],
  ['apk', '10.0.11-0', '10.0.10-r5 9', '10.0.11-r0 10.0.11', '10.0.12-r0 10.0.110'],
  ['apk', '6.6.2p1-r0', '6.6.2-r3 6.6.1_p1-r0', '6.6.2p-r1', '6.6.2q-r0 6.6.3-r0 6.7_p1-r0'],
  ['apk', '2021-03-27-r5', '2020-r9', '2021-r0 2021.4-r0', '2022-r0 2021031500-r0'],
  ['apk', '2.15.r-r1', '2.14.9', '2.15-r0 2.15.1-r0', '2.16_alpha1'],
  // A component with a leading zero is text: it does not continue the zero.
  ['apk', '1.0./', '0.9', '1.0-r0 1.0.5', '1.01-r0 1.1-r0'],
  ['apk', '1.0_foo1', '1.0_alpha1 0.9', '1.0-r0 1.0_p1', '1.1'],
  // A prefix does not end within a word: `_pre` is not a prefix of `_prerelease`.
  ['apk', '1.0_prerelease', '1.0_rc1', '1.0', '1.1'],
  ['rpm', '1.2-3_el@8', '1.1-9 1.2-2', '1.2-3_el8 1.2-3_el8.1 1.2-3_el', '1.2-4 1.2.1-1 1:0.1-1'],
  ['rpm', '1.2-3-4', '1.2-2 1.1', '1.2-3 1.2-4 1.2.2-1', '1.2.4-1 1.3 2'],
  ['rpm', '1..2', '0.9', '1.2-1 1.0-1 1.5-1', '2-1'],
  ['dpkg', '1.0_beta-1', '1.0~rc1-1 0.9', '1.0-1 1.0+b1-1 1.0.1-1', '1.1-1 1.10 1:0'],
  ['dpkg', '1.0-2_x', '1.0-1 1.0~1-5', '1.0-2 1.0-2+b1', '1.0-3 1.0.1-1'],
  ['dpkg', '1.0-2_x-y', '1.0-1', '1.0-2 1.0-3 1.0+b-1', '1.0.1-1 1.1'],
  ['dpkg', '1.0a/', '1.0~-1 1.0-9', '1.0a-1 1.0a.1 1.0ab', '1.0b 1.1'],
  ['alpm', '1.5-1:2', '1.4-9', '1.5-1 1.5-1.1', '1.5-2 1.5.1-1 2-1'],
  ['alpm', '1.5/', '1.4-1 1.5a-1', '1.5-1 1.5.1-1 1.5-9', '1.6-1 1:0-1'],
  // The six bounds of PyPI.
  [
    'pep440',
    '0.8.3ubuntu7.5',
    '0.8.2 0.8.3rc1 0.8.3.dev1',
    '0.8.3 0.8.3.post1 0.8.3.1 0.8.3+ubuntu7',
    '0.8.4 0.8.4.dev0 1.0 1!0',
  ],
  ['pep440', '2019-09-12', '0.1 2018.1 2019 2019.post9.dev1', '2019.post9', '2019.post10 2019.1 2020.1'],
  ['pep440', '0.9-stable', '0.8 0.9rc1', '0.9 0.9.1 0.9.post1', '0.10 1.0'],
  ['pep440', '7.2.0-12.1', '7.1 7.2.0 7.2.0.post11', '7.2.0.post12', '7.2.0.post13 7.2.1'],
  ['pep440', '2.0/', '1.9', '2.0 2.0.1 2', '2.1 3'],
  ['pep440', '1.0.dev3x', '1.0.dev2', '1.0.dev3', '1.0.dev4 1.0a1 1.0'],
  ['pep440', '1.0+ab.5x/', '1.0 1.0+aa', '1.0+ab.5x 1.0+ab.5xy', '1.0+ab.7 1.0+ac 1.1'],
  ['composer', '1.3.0r4', '1.2.9 1.3.0-RC1', '1.3.0 1.3.0.1', '1.3.1 1.4'],
  ['composer', '6.0.0-GM', '5.9', '6.0.0', '6.0.1'],
  ['composer', '2.1.0-dev1', '2.0 ', '2.1.0-dev', '2.1.0-beta1 2.1.0'],
  ['semver', '1.2.0-α', '1.1.9 1.2.0-rc.1', '1.2.0 1.2.0.5', '1.2.1 1.3.0-alpha'],
  ['semver', '1.2.0-rc.1α', '1.1.9 1.2.0-rc.0', '1.2.0-rc.1 1.2.0-rc.2 1.2.0-rc.1a', '1.2.0-rc.2a 1.2.0-rd 1.2.0'],
  ['npm', '4.17.x', '4.16.9', '4.17.0 4.17.99', '4.18.0 5.0.0'],
  ['npm', '1.0.0+b_c', '0.9.9', '1.0.0', '1.0.1'],
  ['pub', '1.0.0+b_c', '0.9.9 1.0.0 1.0.0+a', '1.0.0+b 1.0.0+b.1', '1.0.0+c 1.0.1'],
  ['go', 'v1.2.3_x', 'v1.2.2', 'v1.2.3 v1.2.3+incompatible', 'v1.2.4 v1.2.4-0.20200101000000-abcdefabcdef'],
  ['nuget', '1.99999999999', '0.9', '1.5.0 1.3', '2.0'],
  ['rubygems', '1.0.0_x', '0.9 1.0.a', '1.0.0 1.0.0.5', '1.0.1 1.1.a'],
  ['maven', '1.0(x)', '0.9 1.0-alpha 1-rc1', '1.0 1.0.1', '1.1 2'],
  ['conan', '1.0(x)', '0.9 1.0-pre', '1.0 1.0.1 1.0a', '1.1 2'],
  ['cran', '1.0-x', '0.9', '1.0 1.0.1', '1.1'],
  ['hackage', '1.0.x', '0.9', '1.0 1.0.1', '1.1'],
  ['gentoo', '1.0_foo', '0.9', '1.0 1.0-r1 1.0.5 1.0a', '1.05 1.1'],
  ['openssl', '1.1.1_x', '1.1.0z 1.1.1-pre1', '1.1.1 1.1.1w', '1.1.2 3.0.0'],
];

const texts = (list: string): readonly string[] => list.split(' ').filter((text) => text !== '');

describe('text that is too long', () => {
  const longest = `1.${'0'.repeat(longestVersion - 2)}`;

  it.each(versionSchemes.map((scheme) => [scheme.id, scheme] as const))('has no position: %s', (_, scheme) => {
    const longer = `${longest}0`;
    expect([scheme.order('2.0', longer), scheme.order(longer, '2.0'), scheme.order(longer, longer)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each(['dpkg', 'rpm', 'apk', 'alpm'])('and text of the maximum length has one: %s', (id) => {
    expect(versionScheme(id)?.order(longest, '2')).toBe(-1);
  });
});

describe('text that is not a version', () => {
  it.each(rows)('%s %s', (id, text, below, unknown, above) => {
    const scheme = versionScheme(id);
    if (scheme === undefined) throw new Error(id);
    const sign = (version: string): string => {
      const order = scheme.order(version, text);
      return order === undefined ? '?' : order < 0 ? '<' : '>';
    };
    const standing = (list: string): readonly string[] => texts(list).map((version) => `${version} ${sign(version)}`);
    expect([...standing(below), ...standing(unknown), ...standing(above)]).toEqual([
      ...texts(below).map((version) => `${version} <`),
      ...texts(unknown).map((version) => `${version} ?`),
      ...texts(above).map((version) => `${version} >`),
    ]);
  });

  // Lists, sentences, epochs without a version, and text that does not start like a version.
  it.each([
    ['rpm', '1.17.13-2,1.18.8-2,1.21.6-1.azl3'],
    ['rpm', '1.2 or later'],
    ['rpm', '1:@2'],
    ['dpkg', 'unstable'],
    ['pep440', '1!x'],
    ['go', '(devel)'],
    ['go', 'go1.22/3'],
    ['semver', 'unknown'],
    ['maven', '[1.0,2.0)'],
    ['maven', 'final(1)'],
    ['rubygems', '_1'],
    ['conan', '/1'],
  ])('%s cannot order %s', (id, text) => {
    const scheme = versionScheme(id);
    expect([scheme?.order('1.0', text), scheme?.order(text, '1.0'), scheme?.order(text, text)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  // An installed package may have such a version too.
  it.each([
    ['apk', '6.6.2p1-r0', '5.9_p1-r0', 1],
    ['apk', '6.6.2p1-r0', '6.6.3-r0', -1],
    ['apk', '6.6.2p1-r0', '6.6.2p1-r2', undefined],
    ['apk', '6.6.2p1-r0', '6.6.2p1-r0', 0],
    // It may be a pre-release of its prefix, so it is not newer than one.
    ['apk', '1.0_foo', '1.0_rc1', undefined],
    ['apk', '70.3.0-rc0', '65.5.1-r0', 1],
    ['apk', '70.3.0-rc0', '78.1.1-r0', -1],
  ] as const)('%s %s against %s', (id, a, b, order) => {
    expect(versionScheme(id)?.order(a, b)).toBe(order);
  });

  it.each([
    ['semver', '0.36', '0.36.0'],
    ['npm', '8.0', '8.0.0'],
    ['go', '19.03.9', '19.3.9'],
    ['go', '2.1-beta.5', '2.1.0-beta.5'],
  ])('%s reads %s as commonly understood: %s', (id, partial, whole) => {
    const scheme = versionScheme(id);
    expect([scheme?.isValid(partial), scheme?.order(partial, whole)]).toEqual([false, 0]);
  });
});
