import type { Advisory, AdvisoryGroup, VersionRange } from '@clarion/model';
import { group, rpm } from '@clarion/test-kit/match-facts';
import { evaluateAll } from '../evaluate/evaluate-advisories';
import type { MatchedGroup } from '../lookup/look-up';
import { nothingKnown } from '../scope/image-scope';
import { decideFlaw } from './decide-flaw';
import { nearestFix } from './nearest-fix';

const id = 'CVE-2024-1000';
const npm = { namespace: 'npm', nameKind: 'binary', scheme: 'npm' } as const;

/** The fixed version that was decided, and the nearest one. */
function fixesOf(version: string, advisories: readonly Advisory[], of: Partial<AdvisoryGroup> = npm) {
  const matched: MatchedGroup = {
    group: group('a', advisories, of),
    ...{ version, matchedBy: 'binary', sameName: false, secondary: false },
  };
  const feature = rpm('a', version, { namespace: matched.group.namespace });
  const evaluated = evaluateAll(feature, [matched], { image: nothingKnown, precedence: [] });
  const decision = decideFlaw(evaluated);
  if (decision.kind !== 'vulnerable') throw new Error(`expected a finding, not ${decision.kind}`);
  return [decision.flaw.fixedIn, nearestFix(evaluated, decision.flaw)];
}

const by = (ranges: readonly VersionRange[], more: Partial<Advisory> = {}): Advisory => ({
  id,
  state: 'fixed',
  ranges,
  ...more,
});
const lines = [{ fixed: '3.10.2' }, { introduced: '4.0.0', fixed: '4.17.21' }, { introduced: '5.0.0', fixed: '5.0.1' }];

describe('the nearest fixed version', () => {
  test.each<readonly [string, string, readonly Advisory[], string | null, string | null]>([
    ['is that of the installed line', '4.17.1', [by(lines)], '4.17.21', '4.17.21'],
    ['is in no other line', '2.0.0', [by(lines)], '3.10.2', null],
    [
      'of another record is one only if it is enough for all',
      '1.0.0',
      [by([{ fixed: '2.0.0' }]), by([{ fixed: '1.5.0' }])],
      '2.0.0',
      null,
    ],
    [
      'is the lowest that no range of any record names',
      '1.0.0',
      [
        by([{ fixed: '1.0.1' }, { introduced: '1.4.0', fixed: '1.5.0' }], { versions: ['1.0.0'] }),
        by([{ fixed: '1.0.1' }, { fixed: '2.0.0', introduced: '1.1.0' }]),
      ],
      '1.0.1',
      '1.0.1',
    ],
    [
      'of a version listed by itself, ranges in any order',
      '4.1.0',
      [by([...lines].reverse(), { versions: ['4.1.0'] })],
      '4.17.21',
      '4.17.21',
    ],
  ])('%s', (_, version, advisories, fixedIn, nearest) => {
    expect(fixesOf(version, advisories)).toEqual([fixedIn, nearest]);
  });

  test('beside a higher one that was decided is found, and tried against overlapping ranges', () => {
    const overlapping = by([{ introduced: '1.0.0', fixed: '2.0.0' }], { versions: ['1.0.0'] });
    const listed = by([{ fixed: '1.0.0-rc.1' }, { introduced: '1.0.0', fixed: '1.5.0' }]);
    expect(fixesOf('1.0.0', [overlapping, listed])).toEqual(['2.0.0', null]);
    // Only single versions are affected: each fix in the line is enough.
    const single = by(
      [
        { introduced: '2.0.0', fixed: '2.0.1' },
        { introduced: '1.4.0', fixed: '1.5.0' },
      ],
      { versions: ['1.0.0'] },
    );
    expect(fixesOf('1.0.0', [single])).toEqual(['1.5.0', '1.5.0']);
  });

  test.each<readonly [string, Advisory, Partial<AdvisoryGroup>, string, string | null, string | null | undefined]>([
    [
      'PEP 440',
      by([{ fixed: '2.2.5' }, { introduced: '3', fixed: '3.2' }]),
      { ...npm, namespace: 'pypi', scheme: 'pep440' },
      '2.0',
      '2.2.5',
      '2.2.5',
    ],
    [
      'Maven',
      by([{ introduced: '2.0-beta9', fixed: '2.15.0' }]),
      { ...npm, namespace: 'maven', scheme: 'maven' },
      '2.14.1',
      '2.15.0',
      '2.15.0',
    ],
    [
      'Maven, for the same platform',
      by([{ fixed: '32.0.0-android' }, { introduced: '32.0.0-android', fixed: '32.0.1-jre' }]),
      { ...npm, namespace: 'maven', scheme: 'maven' },
      '32.0.0-a-jre',
      '32.0.0-android',
      '32.0.1-jre',
    ],
    [
      'Maven, for another platform only',
      by([{ fixed: '32.0.0-android' }]),
      { ...npm, namespace: 'maven', scheme: 'maven' },
      '32.0.0-a-jre',
      '32.0.0-android',
      '32.0.0-android',
    ],
    [
      'Go',
      by([{ fixed: '0.17.0' }]),
      { ...npm, namespace: 'go', scheme: 'go' },
      'v0.0.0-20220722155237-a158d28d115b',
      '0.17.0',
      '0.17.0',
    ],
    ['a distribution', by([{ fixed: '2' }]), { nameKind: 'binary' }, '1', '2', undefined],
  ])('in the order of %s', (_, advisory, of, version, fixedIn, nearest) => {
    expect(fixesOf(version, [advisory], of)).toEqual([fixedIn, nearest]);
  });

  test('is absent where there is no fix', () => {
    expect(fixesOf('1.0.0', [{ id, state: 'affected' }])).toEqual([null, undefined]);
  });
});
