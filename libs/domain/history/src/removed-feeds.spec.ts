import type { RemovedFeed } from '@clarion/model';

import { keptSince, requireKeptFeeds } from './removed-feeds';

const debian: RemovedFeed = {
  feed: 'debian',
  since: '2026-01-01T00:00:00Z',
  until: '2026-03-01T00:00:00.000Z',
  namespaces: ['debian:12'],
};
const epss: RemovedFeed = { ...debian, feed: 'epss', until: '2026-04-01T00:00:00.000Z', namespaces: [] };
const store = { removedFeeds: () => Promise.resolve([debian, epss]) };

it.each([
  ['while it was loaded', '2026-02-01T00:00:00Z', ['npm', 'debian:12'], true],
  ['when it was loaded', '2026-01-01T00:00:00.000Z', ['debian:12'], true],
  ['before it was loaded', '2025-12-31T23:59:59Z', ['debian:12'], false],
  ['once it is removed', '2026-03-01T00:00:00Z', ['debian:12'], false],
  ['about what it had no data about', '2026-02-01T00:00:00Z', ['debian:13', 'npm'], false],
])('what was known of a removed feed is missing %s', async (_, at, namespaces, isMissing) => {
  const answer = requireKeptFeeds(store, { at, namespaces, feeds: [] });
  if (!isMissing) await expect(answer).resolves.toBeUndefined();
  else {
    await expect(answer).rejects.toMatchObject({
      code: 'history-pruned',
      message: expect.stringContaining('debian') as string,
      remedy: 'ask for a time from 2026-03-01T00:00:00.000Z on',
    });
  }
});

it('what is known of namespaces is whole since the last feed about them was removed', async () => {
  expect(await keptSince(store, { namespaces: ['debian:12'], feeds: [] })).toBe(debian.until);
  expect(await keptSince(store, { namespaces: ['npm'], feeds: [] })).toBeUndefined();
});

it('a removed copy of a feed from another source is not missing while the feed is used', async () => {
  const copies = { removedFeeds: () => Promise.resolve([{ ...debian, feed: 'debian@1234' }]) };
  const since = (enabled: boolean) =>
    keptSince(copies, {
      namespaces: ['debian:12'],
      feeds: [{ id: 'debian', namespaces: ['debian:*'], refreshMinutes: 60, enabled }],
    });
  expect(await since(true)).toBeUndefined();
  expect(await since(false)).toBe(debian.until);
});
