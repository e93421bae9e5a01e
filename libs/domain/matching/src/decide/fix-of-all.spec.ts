import type { Advisory, AdvisoryGroup, VersionRange } from '@clarion/model';
import { group, rpm } from '@clarion/test-kit/match-facts';
import type { MatchedGroup } from '../lookup/look-up';
import { nothingKnown } from '../scope/image-scope';
import { decidePackage } from './decide-package';

const npm = { namespace: 'npm', nameKind: 'binary', scheme: 'npm' } as const;
const maven = { namespace: 'maven', nameKind: 'binary', scheme: 'maven' } as const;

const about = (id: string, ranges: readonly VersionRange[], more: Partial<Advisory> = {}): Advisory => ({
  id: `CVE-2024-${id}`,
  state: 'fixed',
  ranges,
  ...more,
});

/** What fixes all flaws of a package, beside what fixes each. */
function fixesOf(version: string, advisories: readonly Advisory[], of: Partial<AdvisoryGroup> = npm) {
  const matched: MatchedGroup = {
    group: group('a', advisories, of),
    ...{ version, matchedBy: 'binary', sameName: false, secondary: false },
  };
  const feature = rpm('a', version, { namespace: matched.group.namespace });
  const { flaws } = decidePackage(feature, [matched], { image: nothingKnown, precedence: [] });
  return flaws.map(({ fixedIn, fixesAll }) => `${fixedIn ?? 'none'} ${fixesAll ?? '-'}`).sort();
}

test.each<[string, string, readonly Advisory[], readonly string[]]>([
  [
    'is the highest of their fixes',
    '1.0.0',
    [about('1', [{ fixed: '1.2.0' }]), about('2', [{ fixed: '1.10.0' }]), about('3', [{ fixed: '1.2.0' }])],
    ['1.10.0 1.10.0', '1.2.0 1.10.0', '1.2.0 1.10.0'],
  ],
  [
    'is higher where a flaw is back in another line',
    '1.0.0',
    [
      about('1', [{ fixed: '1.2.5' }, { introduced: '2.0.0', fixed: '2.0.4' }]),
      about('2', [{ fixed: '2.0.1' }]),
      about('3', [{ fixed: '1.1.0' }, { introduced: '2.0.4', fixed: '2.1.0' }]),
    ],
    ['1.1.0 2.1.0', '1.2.5 2.1.0', '2.0.1 2.1.0'],
  ],
  [
    'leaves out flaws without a fix, and notices',
    '1.0.0',
    [
      about('1', [{ fixed: '1.2.0' }]),
      about('2', [{ fixed: '1.3.0' }]),
      about('3', [{ introduced: '0' }], { state: 'affected' }),
      about('4', [{ fixed: '9.0.0' }], { kind: 'informational' }),
    ],
    ['1.2.0 1.3.0', '1.3.0 1.3.0', '9.0.0 -', 'none -'],
  ],
  [
    'is not named where each has the same fix',
    '1.0.0',
    [about('1', [{ fixed: '1.2.0' }]), about('2', [{ fixed: '1.2.0' }])],
    ['1.2.0 -', '1.2.0 -'],
  ],
  ['is not named for one flaw', '1.0.0', [about('1', [{ fixed: '1.2.0' }])], ['1.2.0 -']],
  [
    'is not named where no fix is enough for all',
    '1.0.0',
    [about('1', [{ fixed: '1.2.0' }, { introduced: '2.0.0' }]), about('2', [{ fixed: '2.0.0' }])],
    ['1.2.0 -', '2.0.0 -'],
  ],
])('the version that fixes all flaws of a package %s', (_, version, advisories, found) => {
  expect(fixesOf(version, advisories)).toEqual(found);
});

test('the version that fixes all flaws is of the installed flavour', () => {
  const both = [{ fixed: '33.0.0-android' }, { fixed: '33.0.0-jre' }];
  const found = fixesOf('30.0-jre', [about('1', [{ fixed: '32.0.0-android' }]), about('2', both)], maven);
  expect(found).toEqual(['32.0.0-android 33.0.0-jre', '33.0.0-android 33.0.0-jre']);
});
