import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEgress } from '@clarion/egress';
import { feedSources } from '@clarion/feed-sources';
import { feedsFrom, openScratchFile } from '@clarion/feed-upstreams';
import type { Store } from '@clarion/model';
import { openEmbeddedStore } from '@clarion/store-embedded';
import { describeFailure, feedHealth } from './feed-health';
import { updateFeedOnDemand } from './update-work';

describe('a mirror without the folder of a feed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'clarion-mirror-'));
  const now = new Date('2026-03-10T12:00:00Z');
  let store: Store;
  beforeAll(async () => {
    store = await openEmbeddedStore({ directory: path.join(folder, 'db') });
  });
  afterAll(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it.each(feedSources.map((feed) => [feed.id, feed] as const))(
    'is a failure of %s, with its reason',
    async (id, feed) => {
      const handler = updateFeedOnDemand({
        store,
        feeds: [feed],
        upstreamFor: feedsFrom(folder, { egressTo: () => createEgress({}) }),
        openScratch: () => openScratchFile(folder),
        now: () => now,
        owner: 'spec',
        publishPending: () => Promise.resolve(),
      });
      const context = { signal: new AbortController().signal, delivery: 1 };
      const events = [];
      for await (const event of handler({ kind: 'work.feed', feed: id, request: 'r' }, context)) events.push(event);
      expect(events).toEqual([{ kind: 'feed.updated', feed: id, request: 'r', result: 'failed' }]);
      const state = (await store.feedStates()).find((one) => one.feed === id);
      expect(state).toMatchObject({ lastAttempt: now.toISOString(), failingSince: now.toISOString() });
      expect(feedHealth(feed, state, now).level).toBe('warning');
      expect(describeFailure(feed, state, now)).toContain(`${folder} has no folder ${id}`);
    },
  );
});
