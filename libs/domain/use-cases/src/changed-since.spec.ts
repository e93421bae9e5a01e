import type { ChangedFacts, FeedRevision, FeedState } from '@clarion/model';
import { changedSince } from './changed-since';

const counts = { groups: 1, statements: 1, problems: 0, problemSamples: [] };

function state(feed: string, n: number): FeedState {
  return { feed, parserVersion: 1, documents: {}, lastChange: String(n), ...counts };
}

function revision(feed: string, n: number, more: Partial<FeedRevision> = {}): FeedRevision {
  const at = `2026-01-${String(n).padStart(2, '0')}T00:00:00Z`;
  return { feed, update: `${feed}-${n}`, at, changes: 1, state: state(feed, n), ...more };
}

/** Newest first. */
function revisionsOf(feed: string, to: number, more: Partial<FeedRevision> = {}): readonly FeedRevision[] {
  return Array.from({ length: to }, (_, n) => revision(feed, to - n, more));
}

/** The updates whose changes were read; undefined where they do not show what is different. */
async function updatesRead(
  before: readonly FeedState[],
  after: readonly FeedState[],
  { revisions, from }: { readonly revisions: readonly FeedRevision[]; readonly from?: string },
): Promise<readonly string[] | undefined> {
  const none: ChangedFacts = { packages: [], namespaces: [], vulnerabilities: [], repositories: [], scores: false };
  const read: string[] = [];
  const found = await changedSince(before, after, {
    revisions: (feed, { limit, after: from }) => {
      const all = revisions.filter((one) => one.feed === feed);
      const start = from === undefined ? 0 : all.findIndex(({ update }) => update === from) + 1;
      const items = all.slice(start, start + limit);
      return Promise.resolve(all.length > start + limit ? { items, next: items.at(-1)?.update ?? '' } : { items });
    },
    changedFacts: (updates) => {
      read.push(...updates.map(([, update]) => update));
      return Promise.resolve(none);
    },
    historyFrom: () => Promise.resolve(from),
  });
  return found === undefined ? undefined : read;
}

describe('what changed since other states of feeds', () => {
  const [a1, a3, b1, b2] = [state('a', 1), state('a', 3), state('b', 1), state('b', 2)];
  const both = [...revisionsOf('a', 3), ...revisionsOf('b', 2)];

  it.each<readonly [string, readonly FeedState[], readonly FeedState[], readonly FeedRevision[], readonly string[]]>([
    ['of one feed', [a1, b2], [a3, b2], both, ['a-3', 'a-2']],
    ['of two feeds, in any order of their states', [b1, a1], [a3, b2], both, ['a-3', 'a-2', 'b-2']],
    [
      'of many updates',
      [a1],
      [state('a', 16)],
      revisionsOf('a', 16),
      revisionsOf('a', 16)
        .slice(0, -1)
        .map((one) => one.update),
    ],
    ['of a feed without revisions that is as it was', [a1, b1], [a1, b2], revisionsOf('b', 2), ['b-2']],
  ])('is what its updates changed: %s', async (_what, before, after, revisions, read) => {
    expect(await updatesRead(before, after, { revisions })).toEqual(read);
  });

  it.each<readonly [string, readonly FeedState[], readonly FeedState[], readonly FeedRevision[]]>([
    ['a feed that was loaded', [a1], [a1, b1], both],
    ['a feed that is gone', [a1, b1], [a1], both],
    ['a feed in the place of another', [a1], [b1], both],
    ['a commit without a revision', [a1], [state('a', 4)], both],
    ['no revisions', [a1], [a3], []],
    ['a state that has no revision', [state('a', 9)], [a3], both],
    ['a load whose changes were not recorded', [a1], [a3], revisionsOf('a', 3, { first: true })],
    ['too many updates', [a1], [state('a', 18)], revisionsOf('a', 18)],
    ['a newer update that is not in the states yet', [a1], [state('a', 2)], both],
  ])('is unknown after %s', async (_what, before, after, revisions) => {
    expect(await updatesRead(before, after, { revisions })).toBeUndefined();
  });

  it('is unknown where changes since then were deleted, not where older ones were', async () => {
    const from = (day: string) => updatesRead([a1], [a3], { revisions: both, from: `2026-01-${day}T00:00:00.000Z` });
    expect(await from('01')).toEqual(['a-3', 'a-2']);
    expect(await from('02')).toBeUndefined();
  });

  it('is unknown where there are too many changes', async () => {
    const store = {
      revisions: () => Promise.resolve({ items: revisionsOf('a', 3) }),
      changedFacts: () => Promise.resolve(undefined),
      historyFrom: () => Promise.resolve(undefined),
    };
    expect(await changedSince([a1], [a3], store)).toBeUndefined();
  });
});
