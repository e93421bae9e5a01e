import type { FeedState, Log, LogFields } from '@clarion/model';
import { describeFailure, describePartial, feedHealth } from './feed-health';
import { followUpdates, type FeedMetrics } from './follow-updates';
import { sourceOf } from '../testing/entry-feed';

const now = new Date('2026-03-10T12:00:00Z');
const hoursAgo = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString();
const feed = { ...sourceOf({ documents: [] }), refreshMinutes: 60 };
const daily = { ...feed, refreshMinutes: 24 * 60 };
const state = (more: Partial<FeedState>): FeedState => ({
  ...{
    feed: feed.id,
    parserVersion: 1,
    groups: 1,
    statements: 3,
    documents: { json: { validators: {}, groups: 1, records: 7, namespaces: [] } },
    problems: 0,
    problemSamples: [],
  },
  ...more,
});
const failed = (success?: number): FeedState =>
  state({
    lastError: 'status 503',
    lastAttempt: hoursAgo(0),
    failingSince: hoursAgo(30),
    ...(success === undefined ? {} : { lastSuccess: hoursAgo(success) }),
  });

const partial = (lastSuccess: string): FeedState => state({ lastSuccess, missing: [{ name: 'a' }, { name: 'b' }] });

test.each([
  ['never tried', feed, undefined, 'waiting', undefined],
  ['a success', feed, state({ lastSuccess: hoursAgo(90) }), 'ok', undefined],
  ['a success where documents are missing', feed, partial(hoursAgo(1)), 'partial', undefined],
  ['a failure after a recent success', feed, failed(3), 'warning', 'test has had no success for 3 hours: status 503'],
  ['a day without success', feed, failed(24), 'warning', 'test has had no success for 24 hours: status 503'],
  ['more than a day without success', feed, failed(72.1), 'error', 'test has had no success for 3 days: status 503'],
  ['four intervals of a slow feed', daily, failed(72.1), 'warning', 'test has had no success for 3 days: status 503'],
  ['more than that', daily, failed(97), 'error', 'test has had no success for 4 days: status 503'],
  ['a clock that is ahead a little', feed, state({ lastSuccess: hoursAgo(-1) }), 'ok', undefined],
  [
    'a success of the future',
    feed,
    state({ lastSuccess: hoursAgo(-2) }),
    'error',
    'test says that it was loaded at 2026-03-10T14:00:00.000Z: that is in the future, or the clock here is wrong',
  ],
  ['never a success, for too long', feed, failed(), 'error', 'test was never loaded: status 503'],
] as const)('%s', (_, source, of, level, line) => {
  expect(feedHealth(source, of, now).level).toBe(level);
  expect(describeFailure(source, of, now)).toBe(line);
});

test.each([
  ['info', 'Feed updated', 0, 0, state({ lastSuccess: hoursAgo(0) }), 'changed'],
  ['warn', 'Feed updated in part', 0, 0, partial(hoursAgo(0)), 'changed'],
  ['warn', 'Feed was not updated', 1, 1, failed(3), 'failed'],
  ['error', 'Feed has failed for too long', 2, 1, failed(40), 'held'],
] as const)('%s: %s', async (level, message, failing, errors, of, result) => {
  const lines: (readonly [string, string, LogFields | undefined])[] = [];
  const write = (name: string) => (text: string, fields?: LogFields) => void lines.push([name, text, fields]);
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
  const values = new Map<string, number>();
  let counted = 0;
  const gauge = (name: string) => ({ set: (_: object, value: number) => void values.set(name, value) });
  const scrapes: (() => Promise<void>)[] = [];
  const metrics: FeedMetrics = {
    ...{ records: gauge('records'), successes: gauge('successes'), ages: gauge('ages'), failing: gauge('failing') },
    missing: gauge('missing'),
    durations: { observe: () => undefined },
    errors: { inc: () => void (counted += 1) },
    beforeScrape: (work) => void scrapes.push(work),
  };
  const store = { feedStates: () => Promise.resolve([of]) };
  const follow = followUpdates({ metrics, log, store, feeds: [feed], now: () => now });
  const written = { groups: 0, removed: 0, texts: 0, repositories: 0 };
  follow({ kind: 'finished', feed: feed.id, result, state: of, written });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.slice(0, 2)).toEqual([level, message]);
  const logged = { groups: 0, removed: 0, records: 0, repositories: 0, advisories: of.statements };
  expect(lines[0]?.[2]).toMatchObject({ feed: feed.id, result, ...logged });
  expect(lines[0]?.[2]).not.toHaveProperty('texts');
  if (failing > 0) expect(lines[0]?.[2]).toMatchObject({ failing_since: hoursAgo(30), last_error: 'status 503' });
  await Promise.all(scrapes.map((scrape) => scrape()));
  expect([values.get('failing'), values.get('records'), counted]).toEqual([failing, 7, errors]);
  expect(values.get('missing')).toBe(of.lastSuccess === undefined ? undefined : (of.missing?.length ?? 0));
});

test.each([
  [[], undefined],
  [['a'], 'test is partial: 1 document is not there (a); run clarion update test with a mirror that has it'],
  [
    ['a', 'b', 'c', 'd'],
    'test is partial: 4 documents are not there (a, b, c, …); run clarion update test with a mirror that has them',
  ],
])('missing documents %j are described as: %s', (names, line) => {
  expect(describePartial(feed, state({ missing: names.map((name) => ({ name })) }))).toBe(line);
});

test.each([
  ['never tried', []],
  ['tried in vain', [failed()]],
])('a feed that was %s exposes no counts or ages', async (_, states) => {
  const measured = new Set<string>();
  const gauge = (name: string) => ({ set: () => void measured.add(name) });
  const scrapes: (() => Promise<void>)[] = [];
  const metrics: FeedMetrics = {
    ...{ records: gauge('records'), successes: gauge('successes'), ages: gauge('ages'), failing: gauge('failing') },
    missing: gauge('missing'),
    durations: { observe: () => undefined },
    errors: { inc: () => undefined },
    beforeScrape: (work) => void scrapes.push(work),
  };
  const log: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  followUpdates({ metrics, log, store: { feedStates: () => Promise.resolve(states) }, feeds: [feed], now: () => now });
  await Promise.all(scrapes.map((scrape) => scrape()));
  expect([...measured]).toEqual(['failing']);
});
