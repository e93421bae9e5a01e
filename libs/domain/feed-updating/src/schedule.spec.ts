import type { FeedSource, FeedState } from '@clarion/model';
import { sourceOf } from '../testing/entry-feed';
import { dueUpdates, nextUpdate } from './schedule';

const feed: FeedSource = { ...sourceOf({ documents: [] }), id: 'a', version: 2, refreshMinutes: 60 };
const now = new Date('2026-01-01T12:00:00Z');
const state = (members: Partial<FeedState>): FeedState => ({
  feed: 'a',
  parserVersion: 2,
  documents: {},
  groups: 0,
  statements: 0,
  problems: 0,
  problemSamples: [],
  ...members,
});
const at = (members: Partial<FeedState> | undefined, jitter = 0): string =>
  nextUpdate(feed, members && state(members), { now, jitter: () => jitter }).toISOString();

describe('the next update of a feed', () => {
  const lastAttempt = '2026-01-01T11:30:00.000Z';
  it.each([
    ['at once when it was never tried', undefined, now.toISOString()],
    ['at once when its time is unreadable', { lastAttempt: 'yesterday' }, now.toISOString()],
    ['at once when its time is of the future', { lastAttempt: '2999-01-01T00:00:00.000Z' }, now.toISOString()],
    ['at once when another version parsed it', { lastAttempt, parserVersion: 1 }, now.toISOString()],
    ['an interval after the last attempt', { lastAttempt }, '2026-01-01T12:30:00.000Z'],
    ['a quarter of an hour after a failure', { lastAttempt, lastError: 'broken' }, '2026-01-01T11:45:00.000Z'],
    [
      'a quarter of an hour after a failure of another version',
      { lastAttempt, lastError: 'broken', parserVersion: 1 },
      '2026-01-01T11:45:00.000Z',
    ],
  ])('is %s', (_, members, expected) => {
    expect(at(members)).toBe(expected);
  });

  it('is up to a tenth of the interval later', () => {
    expect(at({ lastAttempt }, 0.5)).toBe('2026-01-01T12:33:00.000Z');
  });

  it('is not later than its interval after a failure of a feed with a short interval', () => {
    const often = { ...feed, refreshMinutes: 5 };
    const failed = state({ lastAttempt, lastError: 'broken' });
    expect(nextUpdate(often, failed, { now, jitter: () => 0 }).toISOString()).toBe('2026-01-01T11:35:00.000Z');
  });
});

it('uses an interval of five minutes for a feed without one', () => {
  const own = { ...feed, refreshMinutes: 0 };
  const done = state({ lastAttempt: '2026-01-01T11:58:00.000Z' });
  expect(nextUpdate(own, done, { now, jitter: () => 0 }).toISOString()).toBe('2026-01-01T12:03:00.000Z');
});

describe('updates that are due', () => {
  it('are named after the previous attempt, the same in every process', () => {
    const feeds = ['a', 'b', 'c'].map((id) => ({ ...feed, id }));
    const states = [
      state({ feed: 'a', lastAttempt: '2026-01-01T10:00:00.000Z' }),
      state({ feed: 'b', lastAttempt: '2026-01-01T11:59:00.000Z' }),
    ];
    expect(dueUpdates(feeds, states, { now, jitter: () => 0 })).toEqual([
      { kind: 'work.feed', feed: 'a', request: 'after-2026-01-01T10:00:00.000Z' },
      { kind: 'work.feed', feed: 'c', request: 'after-never' },
    ]);
  });
});
