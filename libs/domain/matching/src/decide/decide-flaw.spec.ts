import type { Advisory, AdvisoryState } from '@clarion/model';
import { group } from '@clarion/test-kit/match-facts';
import { type EvaluatedAdvisory, levels } from '../evaluate/evaluate-advisories';
import type { VersionMatch } from '../evaluate/match-version';
import { type Decision, decideFlaw } from './decide-flaw';

const affected = (state: AdvisoryState = 'affected'): VersionMatch => ({ kind: 'vulnerable', state, fixedIn: null });
const fixedIn = (fix: string): VersionMatch => ({ kind: 'vulnerable', state: 'fixed', fixedIn: fix });
const only = (kind: 'undecided' | 'cleared' | 'suppressed' | 'silent'): VersionMatch => ({ kind });
const undetermined: VersionMatch = { kind: 'undetermined', reason: 'no order' };

/** An advisory with this match; what else it says does not count. */
function evaluated(
  versionMatch: VersionMatch,
  more: Partial<EvaluatedAdvisory> = {},
  kind?: NonNullable<Advisory['kind']>,
): EvaluatedAdvisory {
  const advisory: Advisory = { id: 'CVE-2024-1', state: 'affected', ...(kind === undefined ? {} : { kind }) };
  const scope = { kind: 'applies' } as const;
  const rest = { version: '1', matchedBy: 'source', scheme: undefined, offeredBy: undefined, note: undefined } as const;
  return { advisory, group: group('a', []), versionMatch, scope, counts: true, level: levels.base, ...rest, ...more };
}

const offer = { counts: false, level: levels.offered, offeredBy: 'ubuntu-pro' } as const;
const secondary = { level: levels.secondary } as const;
const older = 'older than the highest fixed version';
const noFix = 'affected, and no fix that can be had';
const offered = 'only a support channel that is not enabled has the fix';
const vulnerable = (rule: string, state: AdvisoryState, fix: string | null = null, more: object = {}): Decision => ({
  kind: 'vulnerable',
  rule,
  flaw: { state, fixedIn: fix, ...more },
});
const suppressed: Decision = {
  kind: 'suppressed',
  rule: 'not affected, which no other advisory of its level overrides',
};
const cleared: Decision = { kind: 'cleared', rule: 'not older than the highest fixed version' };
const unaffected: Decision = { kind: 'unaffected', rule: 'no advisory about this package names its version' };
const open: Decision = { kind: 'undetermined', rule: 'an advisory cannot be compared' };
const pro = { fixAvailableIn: 'ubuntu-pro' };

describe('decideFlaw', () => {
  test.each<readonly [string, readonly EvaluatedAdvisory[], Decision]>([
    ['nothing said', [], unaffected],
    ['silence', [evaluated(only('silent'))], unaffected],
    ['a fix', [evaluated(fixedIn('2'))], vulnerable(older, 'fixed', '2')],
    ['the higher of two fixes', [evaluated(fixedIn('2')), evaluated(fixedIn('10'))], vulnerable(older, 'fixed', '10')],
    ['in either order', [evaluated(fixedIn('10')), evaluated(fixedIn('2'))], vulnerable(older, 'fixed', '10')],
    ['suppressed beats a fix', [evaluated(fixedIn('2')), evaluated(only('suppressed'))], suppressed],
    ['a fix beats cleared', [evaluated(only('cleared')), evaluated(fixedIn('2'))], vulnerable(older, 'fixed', '2')],
    ['cleared beats affected', [evaluated(affected()), evaluated(only('cleared'))], cleared],
    ['affected', [evaluated(only('silent')), evaluated(affected())], vulnerable(noFix, 'affected')],
    [
      'deferred beats affected',
      [evaluated(affected()), evaluated(affected('fix_deferred'))],
      vulnerable(noFix, 'fix_deferred'),
    ],
    [
      'refused beats deferred',
      [evaluated(affected('fix_deferred')), evaluated(affected('will_not_fix'))],
      vulnerable(noFix, 'will_not_fix'),
    ],
    [
      'the end of life beats refused',
      [evaluated(affected('will_not_fix')), evaluated(affected('end_of_life'))],
      vulnerable(noFix, 'end_of_life'),
    ],
    ['affected beats undecided', [evaluated(only('undecided')), evaluated(affected())], vulnerable(noFix, 'affected')],
    [
      'undecided',
      [evaluated(only('silent')), evaluated(only('undecided'))],
      vulnerable('the vendor has not decided', 'under_investigation'),
    ],
    ['what cannot be compared is open', [evaluated(only('silent')), evaluated(undetermined)], open],
    ['but what is known decides', [evaluated(undetermined), evaluated(affected())], vulnerable(noFix, 'affected')],
    ['what does not count leaves nothing open', [evaluated(undetermined, { counts: false })], unaffected],
    ['what does not count decides nothing', [evaluated(affected(), { counts: false })], unaffected],
  ])('%s', (_, advisories, expected) => {
    expect(decideFlaw(advisories)).toEqual(expected);
  });
});

describe('levels', () => {
  test.each<readonly [string, readonly EvaluatedAdvisory[], Decision]>([
    [
      'the first one decides',
      [evaluated(only('suppressed'), secondary), evaluated(affected())],
      vulnerable(noFix, 'affected'),
    ],
    ['a silent one does not', [evaluated(only('silent')), evaluated(only('suppressed'), secondary)], suppressed],
    ['nor one that is open', [evaluated(undetermined), evaluated(only('cleared'), secondary)], cleared],
    ['a channel is first', [evaluated(affected()), evaluated(only('cleared'), { level: levels.channel })], cleared],
    [
      'by number, not by text',
      [evaluated(only('suppressed'), { level: -2 }), evaluated(affected(), { level: -10 })],
      vulnerable(noFix, 'affected'),
    ],
  ])('%s', (_, advisories, expected) => {
    expect(decideFlaw(advisories)).toEqual(expected);
    expect(decideFlaw(advisories.toReversed())).toEqual(expected);
  });
});

describe('a fix that only a channel has', () => {
  test.each<readonly [string, readonly EvaluatedAdvisory[], Decision]>([
    ['discloses the flaw', [evaluated(fixedIn('2'), offer)], vulnerable(offered, 'affected', null, pro)],
    [
      'is named where there is none',
      [evaluated(affected()), evaluated(fixedIn('2'), offer)],
      vulnerable(noFix, 'affected', null, pro),
    ],
    [
      'is not needed where there is one',
      [evaluated(fixedIn('2')), evaluated(fixedIn('3'), offer)],
      vulnerable(older, 'fixed', '2'),
    ],
    ['changes nothing that is cleared', [evaluated(only('cleared')), evaluated(fixedIn('3'), offer)], cleared],
    [
      'discloses nothing that it calls not affected',
      [evaluated(fixedIn('2'), offer), evaluated(only('suppressed'), offer)],
      unaffected,
    ],
    ['is not one without a version', [evaluated(affected(), offer)], unaffected],
    [
      'is not offered without a version',
      [evaluated(affected()), evaluated(affected(), offer)],
      vulnerable(noFix, 'affected'),
    ],
    [
      'is not named without who offers it',
      [evaluated(affected()), evaluated(fixedIn('2'), { ...offer, offeredBy: undefined })],
      vulnerable(noFix, 'affected'),
    ],
    [
      'is that of the one who offers it',
      [
        evaluated(affected()),
        evaluated(fixedIn('2'), { ...offer, offeredBy: undefined }),
        evaluated(fixedIn('2'), offer),
      ],
      vulnerable(noFix, 'affected', null, pro),
    ],
    [
      'is not of other levels',
      [evaluated(affected(), { offeredBy: 'nobody' }), evaluated(fixedIn('2'), { counts: false })],
      vulnerable(noFix, 'affected'),
    ],
    ['stays open where an advisory is', [evaluated(undetermined), evaluated(fixedIn('2'), offer)], open],
  ])('%s', (_, advisories, expected) => {
    expect(decideFlaw(advisories)).toEqual(expected);
  });
});

describe('kinds of flaw and orders of versions', () => {
  const rpm = { group: group('a', [], { scheme: 'rpm' }) };
  const moon = { group: group('a', [], { scheme: 'moon' }) };
  test.each<readonly [string, readonly EvaluatedAdvisory[], Decision]>([
    [
      'malicious',
      [evaluated(affected(), {}, 'malicious')],
      vulnerable(noFix, 'affected', null, { flawKind: 'malicious' }),
    ],
    [
      'malicious beats others',
      [evaluated(affected()), evaluated(affected(), {}, 'malicious')],
      vulnerable(noFix, 'affected', null, { flawKind: 'malicious' }),
    ],
    [
      'informational',
      [evaluated(affected(), {}, 'informational')],
      vulnerable(noFix, 'affected', null, { flawKind: 'informational' }),
    ],
    [
      'a notice beside a flaw',
      [evaluated(affected(), {}, 'informational'), evaluated(affected())],
      vulnerable(noFix, 'affected'),
    ],
    [
      'what is not open gives no kind',
      [evaluated(affected()), evaluated(only('silent'), {}, 'malicious')],
      vulnerable(noFix, 'affected'),
    ],
    [
      'nor makes one of a notice',
      [evaluated(affected(), {}, 'informational'), evaluated(only('silent'))],
      vulnerable(noFix, 'affected', null, { flawKind: 'informational' }),
    ],
    [
      'undecided and undetermined ones give one',
      [
        evaluated(affected(), {}, 'informational'),
        evaluated(only('undecided')),
        evaluated(undetermined, {}, 'informational'),
      ],
      vulnerable(noFix, 'affected'),
    ],
    [
      'an undetermined one of its own',
      [evaluated(affected(), {}, 'informational'), evaluated(undetermined)],
      vulnerable(noFix, 'affected'),
    ],
    [
      'fixes of different orders are not compared: the first order by id',
      [evaluated(fixedIn('9'), rpm), evaluated(fixedIn('2'))],
      vulnerable(older, 'fixed', '2'),
    ],
    [
      'equal fixes: the first as text',
      [evaluated(fixedIn('2')), evaluated(fixedIn('0:2'))],
      vulnerable(older, 'fixed', '0:2'),
    ],
    [
      'an unknown order: the first as text',
      [evaluated(fixedIn('2'), moon), evaluated(fixedIn('1'), moon)],
      vulnerable(older, 'fixed', '1'),
    ],
  ])('%s', (_, advisories, expected) => {
    expect(decideFlaw(advisories)).toEqual(expected);
  });
});
