import { revisionState } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { testFeedState, testGroup } from './store-contract-facts';
import {
  commitUpdate,
  groupChange,
  repositoryChange,
  textChange,
  timeOf,
  timeOfUpdate,
  updateId,
} from './store-contract-history-facts';
import { hostileNames } from './store-contract-names';
import { everyPage, testChange } from './store-contract-service-facts';

/** Commits of feeds as revisions: stored with the facts, in the order of their updates. */
export function describeRevisions(current: CurrentStore): void {
  const updatesOf = async (feed: string) =>
    (await current().store.revisions(feed, { limit: 100 })).items.map(({ update }) => Number(update.slice(-12)));
  const updatesAt = async (time: string) =>
    (await current().store.revisionsAt(time)).map(({ feed, update }) => `${feed} ${Number(update.slice(-12))}`).sort();

  describe('revisions of feeds', () => {
    it('become visible together with the facts', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const writer = await store.writeFeed('feed-a');
      await writer.put(testGroup('openssl'), 'h');
      await writer.putChange(testChange());
      for (const reader of [store, other]) {
        expect(await reader.revisions('feed-a', { limit: 9 })).toStrictEqual({ items: [] });
        expect(await reader.revisionsAt(timeOf('12:00'))).toEqual([]);
      }
      const state = testFeedState('feed-a', { cursor: 'c', problemSamples: ['p'] });
      await writer.commit(state, { update: updateId(1), at: timeOf('10:00'), first: true, by: 'a token' });
      await new Promise(setImmediate);
      const revision = {
        feed: 'feed-a',
        update: updateId(1),
        at: timeOf('10:00'),
        changes: 1,
        first: true,
        by: 'a token',
      };
      for (const reader of [store, other]) {
        const expected = { ...revision, state: revisionState(state) };
        expect(await reader.revisions('feed-a', { limit: 9 })).toStrictEqual({ items: [expected] });
        expect(await reader.revisionsAt(timeOf('12:00'))).toStrictEqual([{ ...expected, next: null }]);
      }
      await other.close();
    });

    it('are only of commits that name one', async () => {
      const { store } = current();
      const writer = await store.writeFeed('feed-a');
      await writer.commit(testFeedState('feed-a'));
      const aborted = await store.writeFeed('feed-a');
      await aborted.putChange(testChange());
      await aborted.abort();
      expect(await updatesOf('feed-a')).toEqual([]);
      expect(await store.horizons()).toEqual([]);
    });

    it('are stored for all feeds that are committed together', async () => {
      const { store } = current();
      const start = async (feed: string) => ({
        writer: await store.writeFeed(feed),
        state: testFeedState(feed),
        revision: { update: updateId(1), at: timeOf('10:00') },
      });
      await store.commitFeeds([await start('feed-b'), await start('feed-a')]);
      expect(await updatesAt(timeOf('10:00'))).toEqual(['feed-a 1', 'feed-b 1']);
    });

    it('count the changes of any kind, each once', async () => {
      const changes = [
        testChange(),
        testChange({ package: 'zlib', silent: true }),
        testChange({ package: 'zlib' }),
        textChange(),
        textChange({ vulnerability: 'CVE-2024-0002', silent: true }),
        textChange({
          vulnerability: 'CVE-2024-0003',
          silent: true,
          before: { feed: 'feed-a', id: 'CVE-2024-0003', epss: { score: 0.1 } },
          after: { feed: 'feed-a', id: 'CVE-2024-0003', epss: { score: 0.2 } },
        }),
        groupChange(),
        repositoryChange(),
      ];
      await commitUpdate(current().store, 'feed-a', 1, { changes });
      const [revision] = (await current().store.revisions('feed-a', { limit: 1 })).items;
      expect(revision?.changes).toBe(7);
    });

    it('are listed newest first, page by page', async () => {
      const { store } = current();
      for (const n of [1, 2, 3, 10, 11]) await commitUpdate(store, 'feed-a', n, n === 1 ? { first: true } : {});
      await commitUpdate(store, 'feed-ab', 4);
      expect(await updatesOf('feed-a')).toEqual([11, 10, 3, 2, 1]);
      for (const limit of [1, 2, 5, 6]) {
        const all = await everyPage((page) => store.revisions('feed-a', page), limit);
        expect(all.map(({ update }) => update)).toEqual([11, 10, 3, 2, 1].map(updateId));
      }
      const { items } = await store.revisions('feed-a', { limit: 9, after: updateId(7) });
      expect(items.map(({ update }) => update)).toEqual([3, 2, 1].map(updateId));
      expect(await store.revisions('none', { limit: 9 })).toStrictEqual({ items: [] });
    });

    it('know the last success before them', async () => {
      const { store } = current();
      const success = (clock: string) => ({ state: { lastSuccess: timeOf(clock) } });
      await commitUpdate(store, 'feed-a', 1, { ...success('10:00'), first: true });
      await store.putFeedState(testFeedState('feed-a', { lastSuccess: timeOf('10:30') }));
      await commitUpdate(store, 'feed-a', 2, success('11:00'));
      await commitUpdate(store, 'feed-a', 3, success('12:00'));
      const { items } = await store.revisions('feed-a', { limit: 9 });
      expect(items.map(({ previousSuccess }) => previousSuccess)).toEqual([
        timeOf('11:00'),
        timeOf('10:30'),
        undefined,
      ]);
    });

    it('of a time are the newest ones until then, each with the next', async () => {
      const { store } = current();
      await commitUpdate(store, 'feed-a', 1, { at: timeOf('10:00'), first: true });
      await commitUpdate(store, 'feed-b', 2, { at: timeOf('10:30'), first: true });
      await commitUpdate(store, 'feed-a', 3, { at: '2024-03-01T11:00:00Z', state: { lastChange: 'x' } });
      expect(await updatesAt(timeOf('09:59'))).toEqual([]);
      expect(await updatesAt(timeOf('10:00'))).toEqual(['feed-a 1']);
      expect(await updatesAt('2024-03-01T10:59:59.999Z')).toEqual(['feed-a 1', 'feed-b 2']);
      expect(await updatesAt('2024-03-01T12:00:00+01:00')).toEqual(['feed-a 3', 'feed-b 2']);
      const [first] = await store.revisionsAt(timeOf('10:00'));
      expect(first?.next).toStrictEqual({
        feed: 'feed-a',
        update: updateId(3),
        at: '2024-03-01T11:00:00Z',
        previousSuccess: testFeedState('feed-a').lastSuccess,
      });
      const last = (await store.revisionsAt(timeOf('23:00'))).find(({ feed }) => feed === 'feed-a');
      expect(last).toMatchObject({ next: null, state: { lastChange: 'x' } });
    });

    it('of a clock that was ahead count from no later than those after them', async () => {
      const { store } = current();
      await commitUpdate(store, 'feed-a', 1, { at: timeOf('20:00'), first: true });
      await commitUpdate(store, 'feed-a', 2, { at: timeOf('09:00') });
      await commitUpdate(store, 'feed-a', 3, { at: timeOf('09:30') });
      await commitUpdate(store, 'feed-a', 4, { at: timeOf('21:00') });
      expect(await updatesAt(timeOf('11:00'))).toEqual(['feed-a 3']);
      await commitUpdate(store, 'feed-a', 5, { at: timeOf('10:30') });
      expect(await updatesAt(timeOf('11:00'))).toEqual(['feed-a 3']);
      await commitUpdate(store, 'feed-a', 6, { at: timeOf('10:45') });
      const { items } = await store.revisions('feed-a', { limit: 9 });
      const times = ['10:45', '10:30', '10:30', '09:30', '09:00', '09:00'].map(timeOf);
      expect(items.map(({ at }) => at)).toEqual(times);
      expect((await store.revisionTimes([['feed-a', updateId(4)]])).map(({ at }) => at)).toEqual([timeOf('10:30')]);
      expect(await store.horizons()).toEqual([{ feed: 'feed-a', update: updateId(1), at: timeOf('09:00') }]);
      expect(await updatesAt(timeOf('08:59'))).toEqual([]);
      expect(await updatesAt(timeOf('10:00'))).toEqual(['feed-a 3']);
      expect(await updatesAt(timeOf('10:40'))).toEqual(['feed-a 5']);
      expect(await updatesAt(timeOf('11:00'))).toEqual(['feed-a 6']);
    });

    it('of a clock that was behind all others count from the time of the one before', async () => {
      const { store } = current();
      await commitUpdate(store, 'feed-a', 1, { at: timeOf('10:00'), first: true });
      await commitUpdate(store, 'feed-a', 2, { at: timeOf('10:30') });
      await commitUpdate(store, 'feed-a', 3, { at: timeOf('00:00') });
      await commitUpdate(store, 'feed-a', 4, { at: timeOf('11:00') });
      const { items } = await store.revisions('feed-a', { limit: 9 });
      expect(items.map(({ at }) => at)).toEqual(['11:00', '10:30', '10:30', '10:00'].map(timeOf));
      expect(await updatesAt(timeOf('10:15'))).toEqual(['feed-a 1']);
      expect(await updatesAt(timeOf('10:45'))).toEqual(['feed-a 3']);
      expect(Object.keys(items[1] ?? {})).not.toContain('clock');
    });

    it('are found among many', async () => {
      const { store } = current();
      const count = 60;
      for (let n = 1; n <= count; n += 1) await commitUpdate(store, 'feed-a', n);
      for (let n = 1; n <= count; n += 7) expect(await updatesAt(timeOfUpdate(n))).toEqual([`feed-a ${n}`]);
    });

    it.each([1, 2])('are not committed with update %d after 2, nor anything else', async (n) => {
      const { store } = current();
      await commitUpdate(store, 'feed-a', 2);
      const put = async (writer: Awaited<ReturnType<typeof store.writeFeed>>) => writer.put(testGroup('zlib'), 'h');
      await expect(commitUpdate(store, 'feed-a', n, { put, changes: [testChange()] })).rejects.toMatchObject({
        name: 'ClarionError',
        code: 'invalid-input',
      });
      expect(await store.advisories([['debian:12', 'zlib']])).toEqual([]);
      expect(await store.pendingChanges(9)).toEqual([]);
      expect(await updatesOf('feed-a')).toEqual([2]);
      await commitUpdate(store, 'feed-a', 3);
    });

    it('are found by feed and update', async () => {
      const { store } = current();
      await commitUpdate(store, 'feed-a', 1);
      await commitUpdate(store, 'feed-b', 2);
      const asked = [
        ['feed-a', updateId(1)],
        ['feed-b', updateId(1)],
        ['feed-b', updateId(2)],
        ['feed-c', updateId(2)],
      ] as const;
      const found = await store.revisionTimes(asked);
      expect([...found].sort((a, b) => (a.feed < b.feed ? -1 : 1))).toStrictEqual([
        { feed: 'feed-a', update: updateId(1), at: timeOfUpdate(1) },
        { feed: 'feed-b', update: updateId(2), at: timeOfUpdate(2) },
      ]);
      expect(await store.revisionTimes([])).toEqual([]);
    });

    it('have a horizon: the newest first load', async () => {
      const { store } = current();
      const horizons = async () =>
        (await store.horizons()).map(({ feed, update }) => `${feed} ${Number(update.slice(-12))}`);
      await commitUpdate(store, 'feed-a', 1, { first: true });
      await commitUpdate(store, 'feed-a', 2);
      await commitUpdate(store, 'feed-b', 3);
      expect(await horizons()).toEqual(['feed-a 1']);
      await commitUpdate(store, 'feed-a', 4, { first: true });
      await commitUpdate(store, 'feed-a', 5);
      expect(await horizons()).toEqual(['feed-a 4']);
    });

    it('are of feeds of any name', async () => {
      const { store } = current();
      for (const feed of hostileNames) await commitUpdate(store, feed, 1, { first: true });
      const names = [...hostileNames].sort();
      const feedsOf = (rows: readonly { readonly feed: string }[]) => rows.map(({ feed }) => feed).sort();
      expect(feedsOf(await store.revisionsAt(timeOfUpdate(1)))).toEqual(names);
      expect(feedsOf(await store.horizons())).toEqual(names);
      for (const feed of hostileNames) expect(await updatesOf(feed)).toEqual([1]);
      const updates = hostileNames.map((feed) => [feed, updateId(1)] as const);
      expect(feedsOf(await store.revisionTimes(updates))).toEqual(names);
    });
  });
}
