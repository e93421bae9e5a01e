import type { FeedState } from '@clarion/model';

import { revisionAfter } from './revision-after';

const state = (changes: Partial<FeedState> = {}): FeedState => ({
  feed: 'f',
  parserVersion: 1,
  documents: {},
  groups: 1,
  statements: 1,
  problems: 0,
  problemSamples: [],
  ...changes,
});
const newest = { update: 'b', at: '2024-03-01T10:00:00Z' };
const latest = [newest];
const commit = (update: string, at: string) => ({ committed: { update, at }, state: state(), changes: 3 });

it('is stored with the state of the feed, without what only the next update needs', () => {
  const { committed } = commit('c', '2024-03-02T00:00:00Z');
  const after = state({ cursor: 'x', problemSamples: ['y'] });
  const { revision } = revisionAfter(
    { latest: [], state: state({ lastSuccess: '2024-01-01' }) },
    { committed: { ...committed, first: true }, state: after, changes: 0 },
  );
  expect(revision).toStrictEqual({ feed: 'f', ...committed, first: true, changes: 0, state: state() });
});

it('knows the last success of the feed before it', () => {
  const before = { latest, state: state({ lastSuccess: '2024-03-01T12:00:00Z' }) };
  expect(revisionAfter(before, commit('c', '2024-03-02T00:00:00Z')).revision).toMatchObject({
    changes: 3,
    previousSuccess: '2024-03-01T12:00:00Z',
  });
});

it('corrects the time of one whose clock was ahead, once two others say so', () => {
  const one = revisionAfter({ latest, state: undefined }, commit('c', '2024-03-01T09:58:00Z'));
  expect([one.revision.at, one.clock, one.corrected]).toEqual([newest.at, '2024-03-01T09:58:00Z', []]);
  const since = { update: 'c', at: one.revision.at, clock: '2024-03-01T09:58:00Z' };
  const two = revisionAfter({ latest: [since, newest], state: undefined }, commit('d', '2024-03-01T09:59:00Z'));
  expect(two.revision.at).toBe('2024-03-01T09:59:00Z');
  expect(two.corrected).toEqual([
    { update: 'c', at: '2024-03-01T09:58:00Z' },
    { update: 'b', at: '2024-03-01T09:58:00Z', clock: newest.at },
  ]);
});

it.each(['a', 'b'])('update %s after b is refused', (update) => {
  expect(() => revisionAfter({ latest, state: undefined }, commit(update, newest.at))).toThrow('not later');
});
