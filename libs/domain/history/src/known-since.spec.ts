import type { FeedInfo } from '@clarion/matching';
import type { RevisionAt, RevisionTime } from '@clarion/model';

import { feedsKnownSince, historiesBegin, knownSince } from './known-since';

const day = (number: number): string => `2026-01-0${number}T00:00:00.000Z`;
const feed = (id: string, namespaces: readonly string[], rest: Partial<FeedInfo> = {}): FeedInfo => ({
  ...{ id, namespaces, refreshMinutes: 60 },
  ...rest,
});
const feeds = [
  feed('debian', ['debian:12']),
  feed('npm', ['npm']),
  feed('nvd', [], { rates: true }),
  feed('own', ['debian:12'], { own: true }),
];

interface Known {
  readonly begun: Readonly<Record<string, string>>;
  readonly from?: string;
  /** Feeds that have a revision when the log begins. */
  readonly before?: readonly string[];
}

function storeOf({ begun, from, before = [] }: Known) {
  return {
    horizons: () =>
      Promise.resolve(Object.entries(begun).map(([id, at]): RevisionTime => ({ feed: id, update: '', at }))),
    historyFrom: () => Promise.resolve(from),
    revisionsAt: () => Promise.resolve(before.map((id) => ({ feed: id }) as RevisionAt)),
    removedFeeds: () => Promise.resolve([]),
  };
}

const begun = { debian: day(2), npm: day(3), nvd: day(8), own: day(9) };

type Case = readonly [
  what: string,
  indexedAt: string | undefined,
  known: Known,
  namespaces: readonly string[],
  since: string | undefined,
];

it.each<Case>([
  ['the feed about it, not of scores and own data', day(1), { begun }, ['debian:12'], day(2)],
  ['the last of several feeds', day(1), { begun }, ['debian:12', 'npm'], day(3)],
  ['the image, where that is later', day(5), { begun }, ['debian:12'], day(5)],
  ['the feeds, where nothing is stored of the image', undefined, { begun }, ['debian:12'], day(2)],
  [
    'where the log begins, of a forgotten first load',
    day(1),
    { begun: {}, from: day(4), before: ['debian'] },
    ['debian:12'],
    day(4),
  ],
  ['where the log begins, of an earlier first load', day(1), { begun, from: day(4) }, ['debian:12'], day(4)],
  ['never, where nothing is known', undefined, { begun: {} }, ['debian:12'], undefined],
])('is known since: %s', async (_, indexedAt, known, namespaces, since) => {
  expect(await knownSince({ namespaces, feeds, indexedAt }, storeOf(known))).toBe(since);
});

it('says of the feeds alone since when reports are possible', async () => {
  expect(await feedsKnownSince({ namespaces: ['npm'], feeds, indexedAt: day(5) }, storeOf({ begun }))).toBe(day(3));
});

it('names when the history of each feed begins', async () => {
  const store = storeOf({ begun: { npm: day(6) }, from: day(4), before: ['debian', 'npm'] });
  expect([...(await historiesBegin(store))]).toEqual([
    ['debian', day(4)],
    ['npm', day(6)],
  ]);
});
