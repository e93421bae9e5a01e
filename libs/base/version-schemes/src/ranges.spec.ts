import { ClarionError, type VersionRange, type VersionScheme } from '@clarion/model';
import fc from 'fast-check';
import { compareVersions, isAffected, versionScheme } from './index';

function scheme(id: string): VersionScheme {
  const found = versionScheme(id);
  if (found === undefined) throw new Error(`no scheme ${id}`);
  return found;
}

interface Case {
  readonly why: string;
  readonly id: string;
  readonly ranges: readonly VersionRange[];
  readonly inside: readonly string[];
  readonly outside: readonly string[];
}

const cases: readonly Case[] = [
  { why: 'no interval is every version', id: 'dpkg', ranges: [], inside: ['0', '9:9'], outside: [] },
  { why: 'an open interval is every version', id: 'dpkg', ranges: [{}], inside: ['0~', '9:9'], outside: [] },
  {
    why: 'fixed is exclusive',
    id: 'dpkg',
    ranges: [{ fixed: '1.2-3+deb12u1' }],
    inside: ['0', '1.2-3', '1.2-3+deb12u1~1'],
    outside: ['1.2-3+deb12u1', '1.2-3+deb12u2', '1:0'],
  },
  {
    why: 'introduced 0 precedes every version of the scheme',
    id: 'semver',
    ranges: [{ introduced: '0', fixed: '1.0.0' }],
    inside: ['0.0.0-alpha', '0.0.0', '1.0.0-rc.1'],
    outside: ['1.0.0'],
  },
  {
    why: 'so does an absent one, even before 0~',
    id: 'rpm',
    ranges: [{ fixed: '1' }],
    inside: ['0~~', '0'],
    outside: ['1', '1-1'],
  },
  {
    why: 'introduced is inclusive',
    id: 'pep440',
    ranges: [{ introduced: '1.0', fixed: '2' }],
    inside: ['1', '1.0.0', '1.5', '2.dev0'],
    outside: ['1.0rc1', '2.0'],
  },
  {
    why: 'last affected is inclusive',
    id: 'maven',
    ranges: [{ introduced: '1.0', lastAffected: '1.5' }],
    inside: ['1', '1.5', '1.5.0.Final'],
    outside: ['1.5.1', '1-rc1'],
  },
  {
    why: 'last affected without a local version includes all of its builds',
    id: 'pep440',
    ranges: [{ introduced: '0.1', lastAffected: '0.5.0.post1' }],
    inside: ['0.5.0.post1+cu118', '0.5.0.post1', '0.5+cu118', '0.1+x'],
    outside: ['0.5.0.post2+cu118', '0.5.1.dev0+g1'],
  },
  {
    why: 'last affected with a local version is compared whole',
    id: 'pep440',
    ranges: [{ lastAffected: '2.0+2' }],
    inside: ['2.0', '2.0+1', '2.0+2'],
    outside: ['2.0+3'],
  },
  {
    why: 'introduced and fixed are compared whole',
    id: 'pep440',
    ranges: [{ introduced: '1.0+a', fixed: '2.0' }],
    inside: ['1.0+b', '2.0rc1+x'],
    outside: ['1.0', '2.0+local'],
  },
  {
    why: 'limit is exclusive, * is not a limit',
    id: 'go',
    ranges: [
      { introduced: '1.0.0', limit: '1.1.0' },
      { introduced: '2.0.0', limit: '*' },
    ],
    inside: ['v1.0.9', 'v2.0.0', 'v99.0.0'],
    outside: ['v1.1.0', 'v1.9.9'],
  },
  {
    why: 'several intervals are joined',
    id: 'npm',
    ranges: [{ fixed: '1.0.5' }, { introduced: '2.0.0', fixed: '2.3.1' }],
    inside: ['1.0.4', '2.0.0', '2.3.0'],
    outside: ['1.0.5', '1.9.9', '2.3.1'],
  },
  { why: 'fixed 0 is never affected', id: 'apk', ranges: [{ fixed: '0' }], inside: [], outside: ['0', '0_alpha', '1'] },
  {
    why: 'fixed #MINV# is never affected',
    id: 'dpkg',
    ranges: [{ fixed: '#MINV#' }],
    inside: [],
    outside: ['0~~', '1'],
  },
  { why: 'fixed #MAXV# is not a fix', id: 'rpm', ranges: [{ fixed: '#MAXV#' }], inside: ['1', '9:9-9'], outside: [] },
  {
    why: 'a bound without a position does not hide the others',
    id: 'semver',
    ranges: [{ fixed: 'unknown' }, { introduced: '1.0.0', fixed: '1.1.0' }],
    inside: ['1.0.0'],
    outside: [],
  },
];

describe('isAffected', () => {
  it.each(cases)('$why', ({ id, ranges, inside, outside }) => {
    const found = [...inside, ...outside].filter((version) => isAffected(scheme(id), ranges, version));
    expect(found).toEqual(inside);
  });

  it('reports when the answer depends on a bound that has no position', () => {
    const ranges = [{ fixed: 'unknown' }, { introduced: '1.0.0', fixed: '1.1.0' }];
    expect(() => isAffected(scheme('semver'), ranges, '2.0.0')).toThrow(ClarionError);
    expect(() => isAffected(scheme('semver'), ranges, '2.0.0')).toThrow(
      '"unknown" is not a version of the scheme semver, so "2.0.0" cannot be compared with "unknown"',
    );
  });

  it('passes on other errors', () => {
    const broken: VersionScheme = {
      ...scheme('semver'),
      order() {
        throw new TypeError('a fault of the program');
      },
    };
    expect(() => isAffected(broken, [{ fixed: '1' }], '1')).toThrow(TypeError);
    // Even where another interval contains the version.
    expect(() => isAffected(broken, [{ fixed: '1' }, {}], '1')).toThrow(TypeError);
  });

  it('agrees with the order for random bounds, whatever the scheme', () => {
    const version = fc.nat({ max: 30 }).map((n) => `1.${n}`);
    fc.assert(
      fc.property(
        version,
        version,
        version,
        fc.constantFrom('dpkg', 'rpm', 'apk', 'npm', 'maven'),
        (v, from, to, id) => {
          const { compare } = { compare: (a: string, b: string) => scheme(id).compare(a, b) };
          const aboveStart = compare(from, v) <= 0;
          expect(isAffected(scheme(id), [{ introduced: from, fixed: to }], v)).toBe(aboveStart && compare(v, to) < 0);
          expect(isAffected(scheme(id), [{ introduced: from, lastAffected: to }], v)).toBe(
            aboveStart && compare(v, to) <= 0,
          );
        },
      ),
    );
  });
});

describe('compareVersions', () => {
  it.each([
    ['#MINV#', '0~~', -1],
    ['#MINV#', '#MINV#', 0],
    ['#MINV#', '#MAXV#', -1],
    ['#MAXV#', '999:9', 1],
    ['999:9', '#MAXV#', -1],
    ['#MAXV#', '#MAXV#', 0],
    ['0~~', '#MINV#', 1],
    ['#OTHER#', '1', 1],
    ['1.0', '1.1', -1],
  ])('%s and %s', (a, b, sign) => {
    expect(Math.sign(compareVersions(scheme('dpkg'), a, b))).toBe(sign);
  });
});
