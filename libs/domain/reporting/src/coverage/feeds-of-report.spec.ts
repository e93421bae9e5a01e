import type { FeedState } from '@clarion/model';
import { deb, debianFeed, loadedAt, rpm, stateOf } from '@clarion/test-kit/match-facts';
import { coverageOf, debian, neverLoaded } from '../../testing/coverage-of';
import type { ReportOptions } from '../report-options';

describe('stale feeds', () => {
  const at = (lastSuccess: string): FeedState => stateOf('debian-security-tracker', ['debian:12'], { lastSuccess });
  const weekly = { feeds: [{ ...debianFeed, refreshMinutes: 7 * 24 * 60 }] };
  const rows: readonly (readonly [string, string, Partial<ReportOptions>, boolean])[] = [
    ['an hourly feed, two days old', '2025-11-18T12:00:00Z', {}, false],
    ['an hourly feed, a minute older', '2025-11-18T11:59:00Z', {}, true],
    ['a weekly feed, four weeks old', '2025-10-23T12:00:00Z', weekly, false],
    ['a weekly feed, a minute older', '2025-10-23T11:59:00Z', weekly, true],
    ['at the given limit', '2025-11-20T11:00:00Z', { maxFeedAgeMinutes: 60 }, false],
    ['beyond the given limit', '2025-11-20T10:59:00Z', { maxFeedAgeMinutes: 60 }, true],
    ['a time of a clock that is ahead a little', '2025-11-20T13:00:00Z', {}, false],
    ['a time in the future', '2025-11-20T13:01:00Z', {}, true],
    ['a time of another millennium', '2999-01-01T00:00:00Z', { maxFeedAgeMinutes: 1 }, true],
    ['a time that cannot be read', 'yesterday', {}, true],
  ];

  test.each(rows)('%s', async (__, lastSuccess, more, stale) => {
    const { feeds, complete } = await coverageOf({ states: [at(lastSuccess)], options: more });
    expect(feeds).toMatchObject([{ id: 'debian-security-tracker', updatedAt: lastSuccess, stale }]);
    expect(complete).toBe(!stale);
  });

  test.each([
    ['an old mirror that was just read', '2025-11-01T00:00:00Z', true],
    ['a new mirror', '2025-11-20T10:00:00Z', false],
    ['a mirror whose clock is ahead a little', '2025-11-20T12:59:00Z', false],
    ['a mirror of tomorrow', '2025-11-21T10:00:00Z', true],
    ['a mirror of another millennium', '2999-01-01T00:00:00Z', true],
    ['a mirror whose time cannot be read', '', true],
  ])('%s', async (__, mirroredAt, stale) => {
    const { feeds, complete } = await coverageOf({ states: [{ ...at('2025-11-20T11:59:00Z'), mirroredAt }] });
    expect([feeds[0]?.stale, complete]).toEqual([stale, !stale]);
  });

  test('the time shown is when facts changed, not when they were last checked', async () => {
    const state = { ...at('2025-11-20T11:59:00Z'), lastChange: '2025-11-01T00:00:00Z' };
    const { feeds } = await coverageOf({ states: [state] });
    expect(feeds).toMatchObject([{ updatedAt: '2025-11-01T00:00:00Z', stale: false }]);
  });

  test('the time shown is that of the newest document, where all of them say theirs', async () => {
    const document = (modifiedAt?: string): FeedState['documents'][string] => {
      return {
        validators: {},
        groups: 1,
        namespaces: ['debian:12'],
        ...(modifiedAt === undefined ? {} : { modifiedAt }),
      };
    };
    const lastChange = '2025-11-19T00:00:00Z';
    const of = async (documents: FeedState['documents']): Promise<string | null | undefined> =>
      (await coverageOf({ states: [{ ...debian, documents, lastChange }] })).feeds[0]?.updatedAt;
    const [old, recent] = [document('2025-10-01T00:00:00Z'), document('2025-11-02T00:00:00Z')];
    expect(await of({ a: recent, b: old })).toBe('2025-11-02T00:00:00Z');
    expect(await of({ a: recent, b: document() })).toBe(lastChange);
  });

  test('a revision names the data: its documents and their patches, not when they were fetched', async () => {
    const revision = async (more: Partial<FeedState>): Promise<string | null | undefined> =>
      (await coverageOf({ states: [{ ...debian, ...more }] })).feeds[0]?.revision;
    const document = (contentDigest: string, patched?: string): FeedState['documents'][string] => {
      const known = { validators: { contentDigest, etag: `"${Math.random()}"` }, groups: 1, namespaces: ['debian:12'] };
      return { ...known, ...(patched === undefined ? {} : { patched }) };
    };
    const first = await revision({ documents: { a: document('sha256:1'), b: document('sha256:2') } });
    const again = { b: document('sha256:2'), a: document('sha256:1') };
    expect(await revision({ documents: again, lastChange: '2025-11-20T01:00:00Z', cursor: 'x' })).toBe(first);
    const others: readonly Partial<FeedState>[] = [
      { documents: { a: document('sha256:1'), b: document('sha256:3') } },
      { documents: { a: document('sha256:1') } },
      { documents: { a: document('sha256:1'), b: document('sha256:2', 'p') } },
      { documents: again, parserVersion: 2 },
    ];
    const revisions = await Promise.all(others.map(revision));
    expect(new Set([first, ...revisions]).size).toBe(5);
  });

  test('a feed that was never loaded is missing, not stale', async () => {
    const { feeds, complete } = await coverageOf({ states: [neverLoaded] });
    expect(feeds).toMatchObject([{ id: 'debian-security-tracker', updatedAt: null, revision: null, stale: false }]);
    expect(complete).toBe(false);
  });
});

describe('feeds that describe vulnerabilities', () => {
  const nvd = { id: 'nvd', namespaces: [], rates: true, refreshMinutes: 120 };
  const epss = { id: 'epss', namespaces: [], rates: false, refreshMinutes: 120 };
  const of = (states: readonly FeedState[]) =>
    coverageOf({ features: [deb('zlib1g', '1')], states, options: { feeds: [debianFeed, epss, nvd] } });

  test('rule 30: are named with their role and age', async () => {
    const { feeds } = await of([debian, stateOf('nvd', []), stateOf('epss', [])]);
    expect(feeds).toMatchObject([
      { id: 'debian-security-tracker', role: 'advisories', updatedAt: loadedAt },
      { id: 'epss', role: 'scores', updatedAt: loadedAt },
      { id: 'nvd', role: 'severities', updatedAt: loadedAt },
    ]);
  });

  test.each([
    ['that failed', [{ ...neverLoaded, feed: 'nvd' }], { updatedAt: null, revision: null, stale: false }],
    ['that were never asked for', [], { updatedAt: null, revision: null, stale: false }],
    ['that are stale', [stateOf('nvd', [], { lastSuccess: '2025-01-01T00:00:00Z' })], { stale: true }],
  ])('rule 29: %s are named, and leave the report complete', async (_, states, expected) => {
    const { feeds, complete } = await of([debian, ...states]);
    expect(feeds[2]).toMatchObject({ id: 'nvd', ...expected });
    expect(complete).toBe(true);
  });

  test('do not cover an image that no other feed covers', async () => {
    const { feeds } = await coverageOf({
      features: [rpm('zlib', '1')],
      states: [stateOf('nvd', [])],
      options: { feeds: [debianFeed, nvd] },
    });
    expect(feeds).toEqual([]);
  });
});
