import type { Advisory, AdvisoryState, VersionRange } from '@clarion/model';
import { versionScheme, versionSchemes } from '@clarion/version-schemes';
import { matchVersion, statedFix, type VersionMatch } from './match-version';

type Row = readonly [AdvisoryState, readonly VersionRange[] | undefined, string, VersionMatch | VersionMatch['kind']];

const fixedIn = (fix: string): VersionMatch => ({ kind: 'vulnerable', state: 'fixed', fixedIn: fix });
const open = (state: AdvisoryState): VersionMatch => ({ kind: 'vulnerable', state, fixedIn: null });

const dpkgRows: readonly Row[] = [
  // fixed F: vulnerable below F, exclusive.
  ['fixed', [{ fixed: '3.0.13-1~deb12u1' }], '3.0.11-1~deb12u2', fixedIn('3.0.13-1~deb12u1')],
  ['fixed', [{ fixed: '3.0.13-1~deb12u1' }], '3.0.13-1~deb12u1', 'cleared'],
  ['fixed', [{ fixed: '3.0.13-1~deb12u1' }], '3.0.15-1', 'cleared'],
  ['fixed', [{ introduced: '0', fixed: '2' }], '2', 'cleared'],
  // Several intervals: the fix of the one that contains the version; cleared between two, silent before the first.
  [
    'fixed',
    [
      { introduced: '1', fixed: '1.5' },
      { introduced: '2', fixed: '2.3' },
    ],
    '1.2',
    fixedIn('1.5'),
  ],
  [
    'fixed',
    [
      { introduced: '1', fixed: '1.5' },
      { introduced: '2', fixed: '2.3' },
    ],
    '2',
    fixedIn('2.3'),
  ],
  [
    'fixed',
    [
      { introduced: '1', fixed: '1.5' },
      { introduced: '2', fixed: '2.3' },
    ],
    '1.7',
    'cleared',
  ],
  ['fixed', [{ introduced: '1', fixed: '1.5' }], '0.9', 'silent'],
  // Introduced in 0 means from the first version on; an interval that ends before it begins is empty.
  ['fixed', [{ introduced: '0', fixed: '0~a' }], '0~b', 'cleared'],
  ['fixed', [{ introduced: '2', fixed: '1' }], '2', 'cleared'],
  // No fix is known above the last affected version, whatever the state is.
  ['fixed', [{ lastAffected: '2.1' }], '2.1', open('affected')],
  ['affected', [{ introduced: '2', lastAffected: '2.1' }], '2.1', open('affected')],
  ['affected', [{ introduced: '2', lastAffected: '2.1' }], '2.2', 'silent'],
  ['affected', [{ introduced: '2', limit: '3' }], '3', 'silent'],
  // Unfixed states apply to every version.
  ['affected', undefined, '1.0', open('affected')],
  ['will_not_fix', [], '1.0', open('will_not_fix')],
  ['fix_deferred', undefined, '1.0', open('fix_deferred')],
  ['end_of_life', undefined, '1.0', open('end_of_life')],
  ['under_investigation', undefined, '1.0', 'undecided'],
  // no-dsa or postponed with a fixed version: the fixed version wins.
  ['fix_deferred', [{ fixed: '1.2' }], '1.1', fixedIn('1.2')],
  ['fix_deferred', [{ fixed: '1.2' }], '1.2', 'cleared'],
  ['not_affected', undefined, '1.0', 'suppressed'],
  ['not_affected', [{ fixed: '2' }], '1.0', 'suppressed'],
  ['not_affected', [{ fixed: '2' }], '2.0', 'silent'],
  // Empty intervals and sentinels.
  ['fixed', [{ fixed: '0' }], '0~rc1', 'suppressed'],
  ['affected', [{ introduced: '0', fixed: '0' }], '1', 'suppressed'],
  ['fixed', [{ fixed: '#MINV#' }], '1', 'suppressed'],
  ['fixed', [{ fixed: '#MAXV#' }], '1', open('affected')],
  // What cannot be decided is never safe.
  ['fixed', undefined, '1', { kind: 'undetermined', reason: 'said to be fixed, without the version' }],
  ['fixed', [{ fixed: '' }], '1', 'undetermined'],
  ['fixed', [{ fixed: '1' }], '', 'undetermined'],
];

describe('evaluate', () => {
  test.each(dpkgRows)('%s %j, installed %s', (state, ranges, version, expected) => {
    const advisory = { id: 'CVE-2024-1', state, ...(ranges === undefined ? {} : { ranges }) };
    const versionMatch = matchVersion(advisory, versionScheme('dpkg'), version);
    expect(typeof expected === 'string' ? versionMatch.kind : versionMatch).toEqual(expected);
  });

  test('without a scheme, advisories about every version are still decided', () => {
    expect(matchVersion({ id: 'CVE-2024-1', state: 'affected' }, undefined, '1')).toEqual(open('affected'));
    expect(matchVersion({ id: 'CVE-2024-1', state: 'fixed', ranges: [{ fixed: '2' }] }, undefined, '1')).toEqual({
      kind: 'undetermined',
      reason: 'unknown version scheme',
      wholePackage: true,
    });
  });

  test('distinguishes an invalid package version from an invalid version in the advisory', () => {
    const dpkg = versionScheme('dpkg');
    const bad = matchVersion({ id: 'CVE-2024-1', state: 'fixed', ranges: [{ fixed: '2' }] }, dpkg, '');
    expect(bad).toEqual({ kind: 'undetermined', reason: 'not a version that dpkg can order', wholePackage: true });
    const range = matchVersion({ id: 'CVE-2024-1', state: 'fixed', ranges: [{ fixed: '' }] }, dpkg, '1');
    expect(range).toMatchObject({ kind: 'undetermined' });
    expect(range).not.toHaveProperty('wholePackage');
  });

  test('a bad interval does not hide the one that contains the version, and is never safe alone', () => {
    const ranges = [{ fixed: '' }, { introduced: '2', fixed: '3' }];
    const at = (version: string) =>
      matchVersion({ id: 'CVE-2024-1', state: 'fixed', ranges }, versionScheme('dpkg'), version);
    expect(at('2.5')).toEqual(fixedIn('3'));
    expect(at('3').kind).toBe('undetermined');
  });

  test('survives a scheme that throws something other than an error', () => {
    const broken = { id: 'broken', title: '', url: '', isValid: () => true, compare: throwText, order: throwText };
    expect(matchVersion({ id: 'CVE-2024-1', state: 'fixed', ranges: [{ fixed: '2' }] }, broken, '3')).toEqual({
      kind: 'undetermined',
      reason: 'no order today',
    });
  });

  test.each(versionSchemes)('$id rejects the empty version even against itself', (scheme) => {
    expect(() => scheme.compare('', '')).toThrow();
  });
});

describe('versions that are listed by themselves', () => {
  const apart: readonly VersionRange[] = [
    { introduced: '1', lastAffected: '3' },
    { introduced: '5', fixed: '6' },
  ];
  type Listed = readonly [string, string | undefined, Pick<Advisory, 'state' | 'ranges' | 'versions'>, string, unknown];
  const affected = 'affected' as const;
  const rows: readonly Listed[] = [
    ['listed, no fix', 'pep440', { state: affected, versions: ['1.0', '2'] }, '2', open(affected)],
    ['listed in another spelling', 'pep440', { state: affected, versions: ['1.0'] }, '1.0.0', open(affected)],
    ['listed, a build of it', 'pep440', { state: affected, versions: ['2.0'] }, '2.0+local', open(affected)],
    ['listed with a label', 'pep440', { state: affected, versions: ['2.0+a'] }, '2.0+b', { kind: 'silent' }],
    ['listed with a label, and not', 'pep440', { state: affected, versions: ['2.0+a'] }, '2.0', { kind: 'silent' }],
    ['a build of another', 'pep440', { state: affected, versions: ['2.0'] }, '2.0.post1+local', { kind: 'silent' }],
    [
      'listed, and the build is the fix',
      'pep440',
      { state: affected, ranges: [{ fixed: '2.0+fix.1' }], versions: ['2.0'] },
      '2.0+fix.2',
      { kind: 'cleared' },
    ],
    ['labels of other schemes', 'pub', { state: affected, versions: ['2.0.0'] }, '2.0.0+1', { kind: 'silent' }],
    [
      'a branch with a name',
      'composer',
      { state: affected, ranges: [{ fixed: '1.0.1' }] },
      'dev-master',
      { kind: 'undetermined', reason: 'not a version that composer can order', wholePackage: true },
    ],
    ['not listed', 'pep440', { state: affected, versions: ['1.0'] }, '2', { kind: 'silent' }],
    ['an empty list', 'pep440', { state: affected, versions: [] }, '2', { kind: 'silent' }],
    ['a bad one beside', 'dpkg', { state: affected, versions: ['', '1.0'] }, '1', { kind: 'silent' }],
    ['a bad one before', 'dpkg', { state: affected, versions: ['', '01'] }, '1', open(affected)],
    ['listed, of no scheme', undefined, { state: affected, versions: ['1'] }, '1', open(affected)],
    [
      'listed, of no scheme: fixes are not compared',
      undefined,
      { state: affected, ranges: [{ fixed: '2' }], versions: ['1'] },
      '1',
      open(affected),
    ],
    ['not affected', 'pep440', { state: 'not_affected', versions: ['1.0'] }, '1', { kind: 'suppressed' }],
    [
      'the next fix above',
      'pep440',
      { state: affected, ranges: [{ fixed: '1' }, { introduced: '3', fixed: '4' }], versions: ['2'] },
      '2',
      fixedIn('4'),
    ],
    [
      'the next fix above, in another spelling',
      'pep440',
      { state: affected, ranges: [{ fixed: '1' }, { introduced: '3', fixed: '4' }], versions: ['2'] },
      '2.0',
      fixedIn('4'),
    ],
    [
      'a fix that it has does not count',
      'pep440',
      { state: affected, ranges: [{ fixed: '2' }], versions: ['2'] },
      '2',
      open(affected),
    ],
    [
      'fixed in 0 and a bad fix do not count',
      'dpkg',
      { state: affected, ranges: [{ fixed: '0' }, { fixed: '' }, { fixed: '2' }], versions: ['0~rc1'] },
      '0~rc1',
      fixedIn('2'),
    ],
    ['listed: the next fix', 'pep440', { state: affected, ranges: apart, versions: ['2'] }, '2', fixedIn('6')],
    [
      'an interval that contains the version comes before another spelling',
      'pep440',
      { state: affected, ranges: apart, versions: ['2'] },
      '2.0',
      open(affected),
    ],
  ];
  test.each(rows)('%s', (_, scheme, advisory, version, expected) => {
    const order = scheme === undefined ? undefined : versionScheme(scheme);
    const versionMatch = matchVersion({ id: 'CVE-2024-1', ...advisory }, order, version);
    expect(versionMatch).toEqual(expected);
  });
});

function throwText(a: string, b: string): number {
  if (a === b) return 0;
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a user's own scheme may do just that
  throw 'no order today';
}

describe('statedFix', () => {
  test.each([
    [
      'the fix of the interval that contains the version',
      [
        { introduced: '1', fixed: '1.5' },
        { introduced: '2', fixed: '2.3' },
      ],
      '1.2',
      '1.5',
    ],
    ['the last fix when the package has it', [{ fixed: '1.5' }, { fixed: '2.3' }], '3', '2.3'],
    ['none beyond the last affected version', [{ lastAffected: '2' }], '3', null],
    ['the only fix when the package has it', [{ fixed: '1.5' }], '3', '1.5'],
    ['a fix before an interval without', [{ fixed: '1.5' }, { introduced: '2', lastAffected: '2.1' }], '3', '1.5'],
    ['none for the sentinel', [{ fixed: '#MAXV#' }], '3', null],
  ] as const)('names %s', (_, ranges, version, expected) => {
    const advisory = { id: 'CVE-2024-1', state: 'fixed', ranges } as const;
    expect(statedFix(advisory, matchVersion(advisory, versionScheme('dpkg'), version))).toBe(expected);
  });

  test('names none for the sentinel, whatever the versionMatch', () => {
    const advisory = { id: 'CVE-2024-1', state: 'fixed', ranges: [{ fixed: '#MAXV#' }] } as const;
    expect(statedFix(advisory, { kind: 'silent' })).toBeNull();
  });

  test('names none without ranges', () => {
    expect(statedFix({ id: 'CVE-2024-1', state: 'affected' }, { kind: 'silent' })).toBeNull();
  });
});

describe('rule 12: nine ecosystems are not one SemVer', () => {
  // The same fix, the same version, and what each order makes of them.
  const rows: readonly (readonly [scheme: string, fix: string, version: string, vulnerable: boolean])[] = [
    ['npm', '1.0.0', '1.0.0-post1', true],
    ['pep440', '1.0.0', '1.0.0.post1', false],
    ['pep440', '1.0', '1.0.0', false],
    ['dpkg', '1.0.0', '1.0', true],
    ['rubygems', '1.0.0', '1.0.0.rc1', true],
    ['nuget', '1.0.0', '1.0.0.1', false],
    ['maven', '1.0', '1.0-sp', false],
    ['maven', '1.0', '1.0-rc1', true],
    ['go', 'v1.2.0', 'v1.2.0-0.20200101000000-abcdefabcdef', true],
    ['composer', '1.0.0', '1.0.0-patch1', false],
    ['composer', '1.0.1', '1.0.x-dev', false],
    ['composer', '1.1.0', '1.0.x-dev', true],
    ['rpm', '1.0.0', '1.0.0a', false],
    ['alpm', '1.0.0', '1.0.0a', true],
    ['apk', '1.0.0', '1.0.0_p1', false],
    ['semver', '1.0.0', '1.0.0+build', false],
  ];
  test.each(rows)('rule 12: %s: fixed in %s, installed %s: %s', (scheme, fix, version, vulnerable) => {
    expect(
      matchVersion({ id: 'CVE-2024-1', state: 'fixed', ranges: [{ fixed: fix }] }, versionScheme(scheme), version).kind,
    ).toBe(vulnerable ? 'vulnerable' : 'cleared');
  });
});
