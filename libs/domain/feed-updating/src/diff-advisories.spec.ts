import type { Advisory, AdvisoryGroup, GroupComparison } from '@clarion/model';
import { diffAdvisories } from './diff-advisories';

const debian: GroupComparison = { nameKind: 'source', scheme: 'dpkg' };
const location = { namespace: 'n', package: 'p', feed: 'f', document: 'd' };

function group(advisories: readonly Advisory[], comparison = debian): AdvisoryGroup {
  return { ...location, ...comparison, advisories };
}

const open = (id: string): Advisory => ({ id, state: 'affected' });
const fixed = (id: string, version: string): Advisory => ({ id, state: 'fixed', ranges: [{ fixed: version }] });
const reworded = (id: string): Advisory => ({ ...open(id), reason: 'no-dsa', links: ['https://example.org/'] });

type Row = readonly [id: string, before: readonly Advisory[], after: readonly Advisory[], silent?: true];
type OfGroup = readonly [before: GroupComparison | null, after: GroupComparison | null];

/** The changes of advisories, and those of groups. */
function changesOf(
  before: AdvisoryGroup | undefined,
  after: AdvisoryGroup | undefined,
): { rows: Row[]; groups: OfGroup[] } {
  const rows: Row[] = [];
  const groups: OfGroup[] = [];
  for (const change of diffAdvisories(before, after)) {
    expect(change).toMatchObject(location);
    if (!('vulnerability' in change)) groups.push([change.before, change.after]);
    else {
      const { vulnerability, before: gone, after: come, silent } = change;
      rows.push(silent === true ? [vulnerability, gone, come, silent] : [vulnerability, gone, come]);
      expect(change).toMatchObject({ scheme: (after ?? before)?.scheme });
    }
  }
  return { rows, groups };
}

describe('diffAdvisories', () => {
  const rpm: GroupComparison = { ...debian, scheme: 'rpm', epochs: 'auto' };
  const linked: Advisory = { ...open('A'), links: ['https://example.org/1', 'https://example.org/2'] };

  it.each<[string, AdvisoryGroup | undefined, AdvisoryGroup | undefined, readonly Row[], readonly OfGroup[]]>([
    ['nothing', undefined, undefined, [], []],
    ['the same', group([open('A'), open('B')]), group([open('A'), open('B')]), [], []],
    ['a new group', undefined, group([open('A')]), [['A', [], [open('A')]]], [[null, debian]]],
    ['a new empty group', undefined, group([]), [], [[null, debian]]],
    ['a removed group', group([open('A')]), undefined, [['A', [open('A')], []]], [[debian, null]]],
    ['a removed empty group', group([]), undefined, [], [[debian, null]]],
    [
      'only what changed, in the order of ids',
      group([fixed('C', '1'), open('A'), open('B')]),
      group([fixed('C', '2'), fixed('A', '1'), open('B')]),
      [
        ['A', [open('A')], [fixed('A', '1')]],
        ['C', [fixed('C', '1')], [fixed('C', '2')]],
      ],
      [],
    ],
    ['a new advisory', group([open('A')]), group([open('B'), open('A')]), [['B', [], [open('B')]]], []],
    ['a withdrawn advisory', group([open('A'), open('B')]), group([open('A')]), [['B', [open('B')], []]], []],
    [
      'all advisories of a vulnerability together',
      group([fixed('A', '1'), fixed('A', '2')]),
      group([fixed('A', '2'), fixed('A', '3')]),
      [['A', [fixed('A', '1'), fixed('A', '2')], [fixed('A', '2'), fixed('A', '3')]]],
      [],
    ],
    [
      'everything when it is compared in another way',
      group([open('A'), open('B')]),
      group([open('A'), open('B')], rpm),
      [
        ['A', [open('A')], [open('A')]],
        ['B', [open('B')], [open('B')]],
      ],
      [[debian, rpm]],
    ],
    [
      'other words, silently',
      group([open('A')]),
      group([reworded('A')]),
      [['A', [open('A')], [reworded('A')], true]],
      [],
    ],
    [
      'the order of a list, silently',
      group([linked]),
      group([{ ...linked, links: linked.links!.toReversed() }]),
      [['A', [linked], [{ ...linked, links: linked.links!.toReversed() }], true]],
      [],
    ],
    [
      'what counts beside what does not',
      group([open('A'), open('B')]),
      group([reworded('A'), fixed('B', '1')]),
      [
        ['A', [open('A')], [reworded('A')], true],
        ['B', [open('B')], [fixed('B', '1')]],
      ],
      [],
    ],
    [
      'prototype names',
      undefined,
      group([open('__proto__')]),
      [['__proto__', [], [open('__proto__')]]],
      [[null, debian]],
    ],
  ])('finds %s', (_, before, after, rows, groups) => {
    expect(changesOf(before, after)).toEqual({ rows, groups });
  });

  it('names the location of a change, and nothing else', () => {
    expect(diffAdvisories(undefined, group([open('A')], rpm))).toEqual([
      { ...location, silent: true, before: null, after: rpm },
      { ...location, ...rpm, vulnerability: 'A', before: [], after: [open('A')] },
    ]);
  });
});
