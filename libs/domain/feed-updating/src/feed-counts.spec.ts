import type { FeedState } from '@clarion/model';
import { feedCounts } from './feed-counts';

const document = { validators: {}, groups: 3, namespaces: [] };
const state: FeedState = {
  feed: 'epss',
  parserVersion: 1,
  documents: { scores: { ...document, groups: 0, records: 360_142 }, older: document },
  groups: 0,
  statements: 0,
  problems: 2,
  problemSamples: [],
};

it.each([
  ['never tried', undefined],
  ['tried in vain', { ...state, lastAttempt: '2026-01-01T00:00:00Z', lastError: 'status 503' }],
])('a feed that was %s has no counts', (_name, of) => {
  expect(feedCounts(of)).toEqual({ groups: null, advisories: null, records: null, problems: null });
});

it('a feed without advisories counts what it describes', () => {
  const loaded = { ...state, lastSuccess: '2026-01-01T00:00:00Z' };
  expect(feedCounts(loaded)).toEqual({ groups: 0, advisories: 0, records: 360_145, problems: 2 });
});
