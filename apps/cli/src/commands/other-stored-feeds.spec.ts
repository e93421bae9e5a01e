import { ownVulnerabilities } from '@clarion/feed-sources';
import type { FeedState } from '@clarion/model';
import { otherStoredFeeds } from './other-stored-feeds';

const state = (feed: string, changes: Partial<FeedState> = {}): FeedState => ({
  ...{ feed, parserVersion: 1, documents: {}, groups: 2, statements: 3, problems: 0, problemSamples: [] },
  ...{ lastSuccess: '2026-01-01T00:00:00Z', ...changes },
});

it('are own data of the API, those of other sources, and removed ones', () => {
  const stored = [state('nvd'), state('nvd@1234', { place: 'file:///mirror/nvd/' }), state(ownVulnerabilities.id)];
  const removed = ['nvd', 'osv', 'nvd@1234'].map((feed) => {
    return { feed, since: '2025-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z', namespaces: [] };
  });
  const rows = otherStoredFeeds(stored, removed, (feed) => feed === 'nvd');
  expect(rows.map(({ feed, level, location, advisories }) => [feed, level, location, advisories])).toEqual([
    ['nvd', 'elsewhere', 'file:///mirror/nvd/', 3],
    [ownVulnerabilities.id, 'ok', 'the API of clarion serve', 3],
    ['osv', 'removed', 'another location', null],
  ]);
  expect(rows.at(-1)).toMatchObject({ removedAt: '2026-02-01T00:00:00Z', lastSuccess: 'never' });
});
