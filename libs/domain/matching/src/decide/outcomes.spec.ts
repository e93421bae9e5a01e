import type { Advisory, AdvisoryState } from '@clarion/model';
import { group } from '@clarion/test-kit/match-facts';
import { type Outcome, outcomeOf } from './decide';
import type { Verdict } from '../evaluate/evaluate';
import { type Held, levels } from '../evaluate/hold';

const affected = (state: AdvisoryState = 'affected'): Verdict => ({ kind: 'vulnerable', state, fixedIn: null });
const fixedIn = (fix: string): Verdict => ({ kind: 'vulnerable', state: 'fixed', fixedIn: fix });
const only = (kind: 'undecided' | 'cleared' | 'suppressed' | 'silent'): Verdict => ({ kind });
const undetermined: Verdict = { kind: 'undetermined', reason: 'no order' };

/** A statement that came to this verdict; what it says beside does not count. */
function held(verdict: Verdict, more: Partial<Held> = {}, kind?: NonNullable<Advisory['kind']>): Held {
  const advisory: Advisory = { id: 'CVE-2024-1', state: 'affected', ...(kind === undefined ? {} : { kind }) };
  const scope = { kind: 'applies' } as const;
  const rest = { version: '1', matchedBy: 'source', scheme: undefined, offeredBy: undefined, note: undefined } as const;
  return { advisory, group: group('a', []), verdict, scope, counts: true, level: levels.base, ...rest, ...more };
}

const offer = { counts: false, level: levels.offered, offeredBy: 'ubuntu-pro' } as const;
const secondary = { level: levels.secondary } as const;
const older = 'older than the highest fixed version';
const noFix = 'affected, and no fix that can be had';
const offered = 'only a support channel that is not enabled has the fix';
const vulnerable = (rule: string, state: AdvisoryState, fix: string | null = null, more: object = {}): Outcome => ({
  kind: 'vulnerable',
  rule,
  judgment: { state, fixedIn: fix, ...more },
});
const suppressed: Outcome = {
  kind: 'suppressed',
  rule: 'not affected, which no other advisory of its level overrides',
};
const cleared: Outcome = { kind: 'cleared', rule: 'not older than the highest fixed version' };
const unaffected: Outcome = { kind: 'unaffected', rule: 'no advisory about this package names its version' };
const open: Outcome = { kind: 'undetermined', rule: 'an advisory cannot be compared' };
const pro = { fixAvailableIn: 'ubuntu-pro' };

describe('outcomeOf', () => {
  test.each<readonly [string, readonly Held[], Outcome]>([
    ['nothing said', [], unaffected],
    ['silence', [held(only('silent'))], unaffected],
    ['a fix', [held(fixedIn('2'))], vulnerable(older, 'fixed', '2')],
    ['the higher of two fixes', [held(fixedIn('2')), held(fixedIn('10'))], vulnerable(older, 'fixed', '10')],
    ['in either order', [held(fixedIn('10')), held(fixedIn('2'))], vulnerable(older, 'fixed', '10')],
    ['suppressed beats a fix', [held(fixedIn('2')), held(only('suppressed'))], suppressed],
    ['a fix beats cleared', [held(only('cleared')), held(fixedIn('2'))], vulnerable(older, 'fixed', '2')],
    ['cleared beats affected', [held(affected()), held(only('cleared'))], cleared],
    ['affected', [held(only('silent')), held(affected())], vulnerable(noFix, 'affected')],
    ['deferred beats affected', [held(affected()), held(affected('fix_deferred'))], vulnerable(noFix, 'fix_deferred')],
    [
      'refused beats deferred',
      [held(affected('fix_deferred')), held(affected('will_not_fix'))],
      vulnerable(noFix, 'will_not_fix'),
    ],
    [
      'the end of life beats refused',
      [held(affected('will_not_fix')), held(affected('end_of_life'))],
      vulnerable(noFix, 'end_of_life'),
    ],
    ['affected beats undecided', [held(only('undecided')), held(affected())], vulnerable(noFix, 'affected')],
    [
      'undecided',
      [held(only('silent')), held(only('undecided'))],
      vulnerable('the vendor has not decided', 'under_investigation'),
    ],
    ['what cannot be compared is open', [held(only('silent')), held(undetermined)], open],
    ['but what is known decides', [held(undetermined), held(affected())], vulnerable(noFix, 'affected')],
    ['what does not count leaves nothing open', [held(undetermined, { counts: false })], unaffected],
    ['what does not count decides nothing', [held(affected(), { counts: false })], unaffected],
  ])('%s', (_, statements, expected) => {
    expect(outcomeOf(statements)).toEqual(expected);
  });
});

describe('levels', () => {
  test.each<readonly [string, readonly Held[], Outcome]>([
    ['the first one decides', [held(only('suppressed'), secondary), held(affected())], vulnerable(noFix, 'affected')],
    ['a silent one does not', [held(only('silent')), held(only('suppressed'), secondary)], suppressed],
    ['nor one that is open', [held(undetermined), held(only('cleared'), secondary)], cleared],
    ['a channel is first', [held(affected()), held(only('cleared'), { level: levels.channel })], cleared],
    [
      'by number, not by text',
      [held(only('suppressed'), { level: -2 }), held(affected(), { level: -10 })],
      vulnerable(noFix, 'affected'),
    ],
  ])('%s', (_, statements, expected) => {
    expect(outcomeOf(statements)).toEqual(expected);
    expect(outcomeOf(statements.toReversed())).toEqual(expected);
  });
});

describe('a fix that only a channel has', () => {
  test.each<readonly [string, readonly Held[], Outcome]>([
    ['discloses the flaw', [held(fixedIn('2'), offer)], vulnerable(offered, 'affected', null, pro)],
    [
      'is named where there is none',
      [held(affected()), held(fixedIn('2'), offer)],
      vulnerable(noFix, 'affected', null, pro),
    ],
    [
      'is not needed where there is one',
      [held(fixedIn('2')), held(fixedIn('3'), offer)],
      vulnerable(older, 'fixed', '2'),
    ],
    ['changes nothing that is cleared', [held(only('cleared')), held(fixedIn('3'), offer)], cleared],
    [
      'discloses nothing that it calls not affected',
      [held(fixedIn('2'), offer), held(only('suppressed'), offer)],
      unaffected,
    ],
    ['is none without a version', [held(affected(), offer)], unaffected],
    ['is not offered without a version', [held(affected()), held(affected(), offer)], vulnerable(noFix, 'affected')],
    [
      'is not named without who offers it',
      [held(affected()), held(fixedIn('2'), { ...offer, offeredBy: undefined })],
      vulnerable(noFix, 'affected'),
    ],
    [
      'is that of the one who offers it',
      [held(affected()), held(fixedIn('2'), { ...offer, offeredBy: undefined }), held(fixedIn('2'), offer)],
      vulnerable(noFix, 'affected', null, pro),
    ],
    [
      'is not of other levels',
      [held(affected(), { offeredBy: 'nobody' }), held(fixedIn('2'), { counts: false })],
      vulnerable(noFix, 'affected'),
    ],
    ['stays open where a statement is', [held(undetermined), held(fixedIn('2'), offer)], open],
  ])('%s', (_, statements, expected) => {
    expect(outcomeOf(statements)).toEqual(expected);
  });
});

describe('kinds of flaw and orders of versions', () => {
  const rpm = { group: group('a', [], { scheme: 'rpm' }) };
  const moon = { group: group('a', [], { scheme: 'moon' }) };
  test.each<readonly [string, readonly Held[], Outcome]>([
    ['malicious', [held(affected(), {}, 'malicious')], vulnerable(noFix, 'affected', null, { flawKind: 'malicious' })],
    [
      'malicious beats others',
      [held(affected()), held(affected(), {}, 'malicious')],
      vulnerable(noFix, 'affected', null, { flawKind: 'malicious' }),
    ],
    [
      'informational',
      [held(affected(), {}, 'informational')],
      vulnerable(noFix, 'affected', null, { flawKind: 'informational' }),
    ],
    [
      'a notice beside a flaw',
      [held(affected(), {}, 'informational'), held(affected())],
      vulnerable(noFix, 'affected'),
    ],
    [
      'what is not open tells no kind',
      [held(affected()), held(only('silent'), {}, 'malicious')],
      vulnerable(noFix, 'affected'),
    ],
    [
      'nor makes one of a notice',
      [held(affected(), {}, 'informational'), held(only('silent'))],
      vulnerable(noFix, 'affected', null, { flawKind: 'informational' }),
    ],
    [
      'undecided and undetermined ones tell it',
      [held(affected(), {}, 'informational'), held(only('undecided')), held(undetermined, {}, 'informational')],
      vulnerable(noFix, 'affected'),
    ],
    [
      'an undetermined one of its own',
      [held(affected(), {}, 'informational'), held(undetermined)],
      vulnerable(noFix, 'affected'),
    ],
    [
      'fixes of different orders are not compared: the first order by id',
      [held(fixedIn('9'), rpm), held(fixedIn('2'))],
      vulnerable(older, 'fixed', '2'),
    ],
    ['equal fixes: the first as text', [held(fixedIn('2')), held(fixedIn('0:2'))], vulnerable(older, 'fixed', '0:2')],
    [
      'an unknown order: the first as text',
      [held(fixedIn('2'), moon), held(fixedIn('1'), moon)],
      vulnerable(older, 'fixed', '1'),
    ],
  ])('%s', (_, statements, expected) => {
    expect(outcomeOf(statements)).toEqual(expected);
  });
});
