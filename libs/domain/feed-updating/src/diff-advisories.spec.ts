import type { Advisory, AdvisoryGroup } from '@clarion/model';
import { diffAdvisories } from './diff-advisories';

function group(advisories: readonly Advisory[], scheme = 'dpkg'): AdvisoryGroup {
  return { namespace: 'n', package: 'p', feed: 'f', document: 'd', nameKind: 'source', scheme, advisories };
}

const open = (id: string): Advisory => ({ id, state: 'affected' });
const fixed = (id: string, version: string): Advisory => ({ id, state: 'fixed', ranges: [{ fixed: version }] });

describe('diffAdvisories', () => {
  it.each<[string, AdvisoryGroup | undefined, AdvisoryGroup | undefined, readonly Advisory[], readonly Advisory[]]>([
    ['a new group', undefined, group([open('A')]), [], [open('A')]],
    ['a removed group', group([open('A')]), undefined, [open('A')], []],
    [
      'only what changed',
      group([open('A'), open('B')]),
      group([fixed('A', '1'), open('B')]),
      [open('A')],
      [fixed('A', '1')],
    ],
    ['a new advisory', group([open('A')]), group([open('B'), open('A')]), [], [open('B')]],
    ['a withdrawn advisory', group([open('A'), open('B')]), group([open('A')]), [open('B')], []],
    [
      'all advisories of a vulnerability together',
      group([fixed('A', '1'), fixed('A', '2')]),
      group([fixed('A', '2'), fixed('A', '3')]),
      [fixed('A', '1'), fixed('A', '2')],
      [fixed('A', '2'), fixed('A', '3')],
    ],
    ['everything when the scheme changes', group([open('A')]), group([open('A')], 'rpm'), [open('A')], [open('A')]],
    ['prototype names', undefined, group([open('__proto__')]), [], [open('__proto__')]],
  ])('returns %s', (_, before, after, gone, come) => {
    expect(diffAdvisories(before, after)).toMatchObject({
      namespace: 'n',
      package: 'p',
      feed: 'f',
      before: gone,
      after: come,
    });
  });

  it.each<[string, AdvisoryGroup | undefined, AdvisoryGroup | undefined]>([
    ['nothing', undefined, undefined],
    ['the same', group([open('A'), open('B')]), group([open('B'), open('A')])],
    ['other words', group([open('A')]), group([{ ...open('A'), reason: 'no-dsa', links: ['https://example.org/'] }])],
  ])('finds no change between %s', (_, before, after) => {
    expect(diffAdvisories(before, after)).toBeUndefined();
  });
});
