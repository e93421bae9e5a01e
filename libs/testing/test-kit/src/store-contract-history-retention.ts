import type { LoggedChange } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { testGroup } from './store-contract-facts';
import {
  commitUpdate,
  groupChange,
  repositoryChange,
  textChange,
  timeOfUpdate,
  updateId,
  writtenIn,
} from './store-contract-history-facts';
import { hostileNames } from './store-contract-names';
import { collect, testChange } from './store-contract-service-facts';

const everything: ReadonlyMap<string, string> = new Map();
const openssl = ['debian:12', 'openssl'] as const;
const scored = 'CVE-2024-1234';

/** A change of each kind. */
function changesOfEachKind(): readonly LoggedChange[] {
  const scores = {
    before: { feed: 'feed-a', id: scored, epss: { score: 0.1 } },
    after: { feed: 'feed-a', id: scored, epss: { score: 0.2 } },
  };
  return [
    testChange({ silent: true }),
    groupChange(),
    textChange({ silent: true }),
    repositoryChange(),
    textChange({ vulnerability: scored, silent: true, ...scores }),
  ];
}

/** Changes are forgotten with time, and with their feeds. */
export function describeRetention(current: CurrentStore): void {
  const updatesOf = async (feed: string) =>
    (await current().store.revisions(feed, { limit: 100 })).items.map(({ update }) => Number(update.slice(-12)));
  const logOf = async (since = everything) => {
    const { store } = current();
    const found = await Promise.all([
      collect(store.packageChanges([openssl], since)),
      collect(store.groupChanges('debian:12', since)),
      collect(store.textChanges(['CVE-2024-0001'], since)),
      collect(store.textChanges([scored], since)),
      collect(store.repositoryChanges(['baseos'], since)),
      collect(store.vulnerabilityChanges('CVE-2024-0001', since)),
      collect(store.vulnerabilityChanges(scored, since)),
    ]);
    return found.map((changes) => changes.map(({ update }) => Number(update.slice(-12))).join(' '));
  };

  describe('history that is forgotten', () => {
    it('is all of updates before one, of every kind', async () => {
      const { store } = current();
      for (const n of [1, 2, 3, 4]) {
        await commitUpdate(store, 'feed-a', n, n === 1 ? { first: true } : { changes: changesOfEachKind() });
      }
      expect(await store.historyFrom()).toBeUndefined();
      expect(await store.historySize()).toEqual({ changes: 15, bytes: expect.any(Number) as number });
      await store.forgetChanges(updateId(4));
      expect(await logOf()).toEqual(['4 4', '4', '4', '4', '4', '4 4', '4']);
      expect(await store.historyFrom()).toBe(timeOfUpdate(3));
      // The one that is current from then on stays.
      expect(await updatesOf('feed-a')).toEqual([4, 3]);
      expect((await store.revisionsAt(timeOfUpdate(3))).map(({ update }) => update)).toEqual([updateId(3)]);
      expect((await store.historySize()).changes).toBe(5);
    });

    it('is nothing where there are only first loads', async () => {
      const { store } = current();
      await commitUpdate(store, 'feed-a', 1, { first: true });
      await commitUpdate(store, 'feed-a', 3, { changes: changesOfEachKind() });
      await store.forgetChanges(updateId(3));
      expect(await store.historyFrom()).toBeUndefined();
      expect(await updatesOf('feed-a')).toEqual([3, 1]);
      expect(await logOf()).toEqual(['3 3', '3', '3', '3', '3', '3 3', '3']);
      await store.forgetChanges(updateId(0));
      expect(await store.historyFrom()).toBeUndefined();
    });

    it('begins with the latest commit of any feed whose changes are gone, and never goes back', async () => {
      const { store } = current();
      const changes = changesOfEachKind();
      await commitUpdate(store, 'feed-a', 1, { first: true });
      await commitUpdate(store, 'feed-a', 2, { changes, at: timeOfUpdate(20) });
      await commitUpdate(store, 'feed-b', 3, { first: true, at: timeOfUpdate(30) });
      await commitUpdate(store, 'feed-b', 4, { changes, at: timeOfUpdate(30) });
      await commitUpdate(store, 'feed-a', 5, { changes, at: timeOfUpdate(40) });
      await store.forgetChanges(updateId(3));
      expect(await store.historyFrom()).toBe(timeOfUpdate(20));
      expect([await updatesOf('feed-a'), await updatesOf('feed-b')]).toEqual([
        [5, 2],
        [4, 3],
      ]);
      await store.forgetChanges(updateId(5));
      expect(await store.historyFrom()).toBe(timeOfUpdate(30));
      expect([await updatesOf('feed-a'), await updatesOf('feed-b')]).toEqual([[5, 2], [4]]);
      await store.forgetChanges(updateId(3));
      expect(await store.historyFrom()).toBe(timeOfUpdate(30));
      await store.forgetChanges(updateId(9));
      expect(await store.historyFrom()).toBe(timeOfUpdate(40));
      expect([await updatesOf('feed-a'), await updatesOf('feed-b')]).toEqual([[5], [4]]);
      expect((await store.historySize()).changes).toBe(0);
    });

    it('is that before a later first load too', async () => {
      const { store } = current();
      await commitUpdate(store, 'feed-a', 1, { first: true });
      await commitUpdate(store, 'feed-a', 2, { changes: changesOfEachKind() });
      await commitUpdate(store, 'feed-a', 3, { first: true });
      await store.forgetChanges(updateId(4));
      expect(await updatesOf('feed-a')).toEqual([3]);
      expect(await store.historyFrom()).toBe(timeOfUpdate(3));
      expect(await store.horizons()).toHaveLength(1);
    });

    it('is of unpublished changes too, which stay until they are published', async () => {
      const { store } = current();
      const [loud, text] = [testChange(), textChange()];
      await commitUpdate(store, 'feed-a', 1, { first: true });
      await commitUpdate(store, 'feed-a', 2, { changes: [loud, text, ...changesOfEachKind().slice(1, 2)] });
      const changed = { update: updateId(2), vulnerability: 'CVE-2024-0001' };
      await store.forgetChanges(updateId(9));
      expect(await logOf()).toEqual(['', '', '', '', '', '', '']);
      expect(await store.historyFrom()).toBe(timeOfUpdate(2));
      expect(await store.historySize()).toMatchObject({ changes: 0 });
      expect(await store.pendingChanges(9)).toStrictEqual([changed]);
      expect(await collect(store.changes(changed))).toStrictEqual([writtenIn(2, loud), writtenIn(2, text)]);
      await store.markPublished([changed]);
      await store.forgetChanges(updateId(9));
      expect(await collect(store.changes(changed))).toEqual([]);
      expect(await store.historySize()).toMatchObject({ changes: 0 });
    });

    it('can be thousands of changes', async () => {
      const { store } = current();
      const scores = (n: number): LoggedChange[] =>
        Array.from({ length: 1200 }, (_, index) => {
          const id = `CVE-2024-${1000 + index * 50}`;
          const of = (score: number) => ({ feed: 'feed-a', id, epss: { score } });
          return textChange({ vulnerability: id, silent: true, before: of(n / 10), after: of((n + 1) / 10) });
        });
      const advisories = Array.from({ length: 1200 }, (_, n) => testChange({ package: `p${n}`, silent: true }));
      await commitUpdate(store, 'feed-a', 1, { first: true });
      for (const n of [2, 3]) await commitUpdate(store, 'feed-a', n, { changes: [...scores(n), ...advisories] });
      const size = await store.historySize();
      expect(size.changes).toBe(4800);
      expect(size.bytes).toBeGreaterThan(0);
      await store.forgetChanges(updateId(3));
      const left = await store.historySize();
      expect(left.changes).toBe(2400);
      expect(left.bytes).toBeLessThanOrEqual(size.bytes);
      expect(await collect(store.vulnerabilityChanges('CVE-2024-0001'))).toHaveLength(1200);
      const ids = scores(0).map((change) => ('vulnerability' in change ? change.vulnerability : ''));
      const found = await collect(store.textChanges(ids, everything));
      expect(found).toHaveLength(1200);
      expect(new Set(found.map(({ update }) => update))).toEqual(new Set([updateId(3)]));
    });

    it('is about things of any name', async () => {
      const { store } = current();
      const changes = hostileNames.flatMap((name): readonly LoggedChange[] => [
        testChange({ namespace: name, package: name, document: name, vulnerability: name, silent: true }),
        textChange({ vulnerability: name, silent: true }),
        groupChange({ namespace: name, package: name, document: name }),
        repositoryChange({ repository: name }),
      ]);
      await commitUpdate(store, '__proto__', 1, { first: true });
      await commitUpdate(store, '__proto__', 2, { changes });
      await store.forgetChanges(updateId(3));
      for (const name of hostileNames) {
        expect(await collect(store.packageChanges([[name, name]], everything))).toEqual([]);
        expect(await collect(store.groupChanges(name, everything))).toEqual([]);
        expect(await collect(store.repositoryChanges([name], everything))).toEqual([]);
        expect(await collect(store.vulnerabilityChanges(name))).toEqual([]);
      }
      expect((await store.historySize()).changes).toBe(0);
    });

    it.each(['feed-a', 'größe #a', 'x'.repeat(300)])('is all of feed %s once it is pruned', async (feed) => {
      const { store, reopen } = current();
      const put = async (writer: Awaited<ReturnType<typeof store.writeFeed>>) =>
        writer.put(testGroup('openssl', { feed }), 'h');
      for (const one of [feed, 'feed-b']) await commitUpdate(store, one, 1, { first: true });
      await commitUpdate(store, feed, 2, { changes: changesOfEachKind(), put });
      await commitUpdate(store, 'feed-b', 3, { changes: changesOfEachKind() });
      await commitUpdate(store, feed, 4, { changes: changesOfEachKind() });
      expect(await store.removedFeeds()).toEqual([]);
      await store.prune({ before: timeOfUpdate(0), keepFeeds: ['feed-b'] });
      const until = expect.stringMatching(/^20[2-9]\d-/) as string;
      const removed = { feed, since: timeOfUpdate(1), until, namespaces: ['debian:12'] };
      expect(await store.removedFeeds()).toEqual([removed]);
      expect(await logOf()).toEqual(['3 3', '3', '3', '3', '3', '3 3', '3']);
      expect(await updatesOf(feed)).toEqual([]);
      expect((await store.revisionsAt(timeOfUpdate(9))).map((one) => one.feed)).toEqual(['feed-b']);
      expect((await store.horizons()).map((one) => one.feed)).toEqual(['feed-b']);
      expect(await store.revisionTimes([[feed, updateId(2)]])).toEqual([]);
      expect(await store.historyFrom()).toBeUndefined();
      expect(await store.historySize()).toMatchObject({ changes: 5 });
      // It begins again, whatever the id.
      await commitUpdate(store, feed, 1, { first: true });
      expect(await updatesOf(feed)).toEqual([1]);
      const other = await reopen();
      expect(await other.removedFeeds()).toEqual([removed]);
      await commitUpdate(other, feed, 7, { at: '2999-01-01T00:00:00Z', changes: changesOfEachKind() });
      await other.forgetChanges(updateId(5));
      expect(await other.removedFeeds()).toHaveLength(1);
      await other.forgetChanges(updateId(8));
      expect(await other.removedFeeds()).toEqual([]);
      await other.close();
    });

    it('is a feed whose unpublished changes stay when it is pruned', async () => {
      const { store } = current();
      await commitUpdate(store, 'feed-a', 1, { first: true });
      await commitUpdate(store, 'feed-a', 2, { changes: [testChange(), ...changesOfEachKind().slice(1)] });
      await store.prune({ before: timeOfUpdate(0), keepFeeds: [] });
      const changed = { update: updateId(2), vulnerability: 'CVE-2024-0001' };
      expect(await store.historySize()).toMatchObject({ changes: 0 });
      expect(await logOf()).toEqual(['', '', '', '', '', '', '']);
      expect(await store.pendingChanges(9)).toEqual([changed]);
    });
  });
}
