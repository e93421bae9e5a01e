import type { FeedState } from '@clarion/model';

import { firstRevisionOf } from './first-revision';

const state: FeedState = {
  ...{ feed: 'debian-security-tracker', parserVersion: 1, documents: {}, lastAttempt: '2026-03-04T00:00:00.000Z' },
  ...{ groups: 0, statements: 0, problems: 0, problemSamples: [] },
};

it.each([
  ['was checked since', { lastChange: '2026-03-01T00:00:00.000Z', lastSuccess: '2026-03-02T00:00:00.000Z' }],
  ['changed last', { lastChange: '2026-03-02T00:00:00.000Z', lastSuccess: '2026-03-01T00:00:00.000Z' }],
])('the facts of a feed that %s are known since then', (_what, times) => {
  const at = '2026-03-02T00:00:00.000Z';
  expect(firstRevisionOf({ ...state, ...times })).toEqual({
    update: '019cabd8-3801-7000-8000-000000000000',
    at,
    first: true,
  });
});

it('a feed that was never loaded has no revision', () => {
  expect(firstRevisionOf(state)).toBeUndefined();
  expect(firstRevisionOf({ ...state, lastSuccess: 'yesterday' })).toBeUndefined();
});
