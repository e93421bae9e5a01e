import type { Advisory, PlacedFeature } from '@clarion/model';
import { deb, fixed, group, imageOf, options, rpm } from '@clarion/test-kit/match-facts';
import { day, debian, feeds } from '../testing/random-updates';
import { recordedHistory } from '../testing/recorded-history';
import { type KnownTimes, knownTimes } from './known-times';
import { imageTimeline } from './timeline/image-timeline';

const affected: Advisory = { id: 'CVE-2025-0001', state: 'affected' };
const fix = fixed('CVE-2025-0001', '2.0');

interface Case {
  readonly title: string;
  /** The day of each commit, and what the feed said. */
  readonly commits: readonly (readonly [on: number, ...Advisory[]])[];
  readonly indexed: number | null;
  readonly feature?: PlacedFeature;
  /** Days of `firstKnown` and `fixKnown`. */
  readonly expected: readonly [firstKnown: number, fixKnown: number | null] | undefined;
}

const rows: readonly Case[] = [
  { title: 'the advisory comes after the image', commits: [[1], [3, affected]], indexed: 2, expected: [3, null] },
  { title: 'the image comes after the advisory', commits: [[1, affected]], indexed: 2, expected: [2, null] },
  { title: 'an image that is not indexed', commits: [[1], [3, affected]], indexed: null, expected: [3, null] },
  {
    title: 'a fix comes later',
    commits: [
      [1, affected],
      [4, fix],
    ],
    indexed: 2,
    expected: [2, 4],
  },
  {
    title: 'a fix is there before the image',
    commits: [
      [1, affected],
      [2, fix],
    ],
    indexed: 5,
    expected: [5, 5],
  },
  {
    title: 'a fix that was taken back',
    commits: [
      [1, affected],
      [2, fix],
      [3, affected],
    ],
    indexed: 1,
    expected: [1, 2],
  },
  { title: 'withdrawn and back', commits: [[1], [2, affected], [3], [5, fix]], indexed: 1, expected: [2, 5] },
  {
    title: 'a fix of a channel that the image cannot reach',
    commits: [
      [1, affected],
      [2, affected, fixed('CVE-2025-0001', '2.0', { scope: { channel: 'esm-infra' } })],
    ],
    indexed: 1,
    expected: [1, null],
  },
  {
    title: 'a fixed version is installed',
    commits: [[1, fix]],
    indexed: 1,
    feature: deb('a', '3.0'),
    expected: undefined,
  },
  { title: 'a package of another kind', commits: [[1, fix]], indexed: 1, feature: rpm('a', '1'), expected: undefined },
];

test.each(rows)('$title', async ({ commits, indexed, feature = deb('a', '1.0'), expected }) => {
  const store = recordedHistory();
  for (const [on, ...advisories] of commits) store.commit(debian, day(on), { groups: [group('a', advisories)] });
  const period = { from: day(1), to: day(9) };
  const of = { store, options: { ...options, feeds } };
  const { findings } = await imageTimeline([{ subject: imageOf([feature]) }], period, of);
  const times = knownTimes(findings, indexed === null ? null : day(indexed));
  const days: KnownTimes | undefined = expected && {
    firstKnown: day(expected[0]),
    fixKnown: expected[1] === null ? null : day(expected[1]),
    published: null,
  };
  expect(times).toEqual(days);
});

test('the date of the vulnerability is what its feeds state last', async () => {
  const store = recordedHistory();
  const text = (published: string) => ({
    texts: [{ feed: 'nvd', id: 'CVE-2025-0001', severity: 'Low' as const, published }],
  });
  store.commit(debian, day(1), { groups: [group('a', [affected])] });
  store.commit('nvd', day(1), text('2024-12-01'));
  const period = { from: day(1), to: day(9) };
  const of = { store, options: { ...options, feeds } };
  const { findings } = await imageTimeline([{ subject: imageOf([deb('a', '1.0')]) }], period, of);
  expect(knownTimes(findings, day(1))?.published).toBe('2024-12-01');
});
