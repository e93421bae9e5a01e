import type { CurrentStore } from './store-under-test';
import { testGroup, updateFeed } from './store-contract-facts';
import { hostileNames } from './store-contract-names';

/** Which packages have an advisory about a vulnerability. */
export function describeMentions(current: CurrentStore): void {
  const about = (...ids: readonly string[]) => ({ advisories: ids.map((id) => ({ id, state: 'affected' as const })) });
  const packagesOf = (vulnerability: string) => current().store.packagesOf(vulnerability);

  describe('packages of a vulnerability', () => {
    it('are found by its ids, sorted, each once', async () => {
      const { store } = current();
      expect(await packagesOf('CVE-1')).toEqual([]);
      for (const feed of ['feed-b', 'feed-a']) {
        await updateFeed(store, feed, async (writer) => {
          await writer.put(testGroup('zlib', { feed, ...about('CVE-1', 'CVE-2') }), 'h');
          await writer.put(testGroup('openssl', { feed, ...about('CVE-1') }), 'h');
          await writer.put(testGroup('zlib', { feed, namespace: 'alpine:v3.20', ...about('CVE-1') }), 'h');
        });
      }
      expect(await packagesOf('CVE-1')).toEqual([
        ['alpine:v3.20', 'zlib'],
        ['debian:12', 'openssl'],
        ['debian:12', 'zlib'],
      ]);
      expect(await packagesOf('CVE-2')).toEqual([['debian:12', 'zlib']]);
      expect(await packagesOf('CVE-')).toEqual([]);
    });

    it('are found by every alias', async () => {
      const advisories = [{ id: 'CVE-1', aliases: ['GHSA-1', '__proto__'], state: 'not_affected' as const }];
      await updateFeed(current().store, 'feed-a', (writer) => writer.put(testGroup('openssl', { advisories }), 'h'));
      for (const id of ['CVE-1', 'GHSA-1', '__proto__']) {
        expect(await packagesOf(id)).toEqual([['debian:12', 'openssl']]);
      }
      await updateFeed(current().store, 'feed-a', (writer) => writer.put(testGroup('openssl', about('CVE-1')), 'h'));
      expect(await packagesOf('GHSA-1')).toEqual([]);
      expect(await packagesOf('CVE-1')).toEqual([['debian:12', 'openssl']]);
    });

    it('exist as long as at least one feed has them', async () => {
      const { store } = current();
      const put = (feed: string, document: string, ...ids: readonly string[]) =>
        updateFeed(store, feed, (writer) =>
          writer.put(testGroup('openssl', { feed, document, ...about(...ids) }), 'h'),
        );
      const has = async (id: string) => (await packagesOf(id)).length;
      await put('feed-a', 'main', 'CVE-1', 'CVE-2');
      await put('feed-a', 'other', 'CVE-1');
      await put('feed-b', 'main', 'CVE-2');
      await put('feed-a', 'main', 'CVE-3');
      expect([await has('CVE-1'), await has('CVE-2'), await has('CVE-3')]).toEqual([1, 1, 1]);
      await updateFeed(store, 'feed-a', (writer) => writer.remove(testGroup('openssl', { document: 'other' })));
      expect([await has('CVE-1'), await has('CVE-2'), await has('CVE-3')]).toEqual([0, 1, 1]);
      await store.prune({ before: '2020-01-01T00:00:00Z', keepFeeds: ['feed-a'] });
      expect([await has('CVE-1'), await has('CVE-2'), await has('CVE-3')]).toEqual([0, 0, 1]);
    });

    it('include only committed updates', async () => {
      const { store, reopen } = current();
      const writer = await store.writeFeed('feed-a');
      await writer.put(testGroup('openssl', about('CVE-1')), 'h');
      expect(await packagesOf('CVE-1')).toEqual([]);
      await writer.abort();
      expect(await packagesOf('CVE-1')).toEqual([]);
      await updateFeed(store, 'feed-a', (again) => again.put(testGroup('openssl', about('CVE-1')), 'h'));
      const other = await reopen();
      expect(await other.packagesOf('CVE-1')).toEqual([['debian:12', 'openssl']]);
      await other.close();
    });

    it('can be many, with any names', async () => {
      const names = [...hostileNames, ...Array.from({ length: 1500 }, (_, n) => `package${n}`)];
      await updateFeed(current().store, 'feed-a', async (writer) => {
        for (const name of names) await writer.put(testGroup(name, about('CVE-1', name)), 'h');
      });
      expect(await packagesOf('CVE-1')).toHaveLength(names.length);
      expect(await packagesOf('CVE-1')).toEqual(expect.arrayContaining(names.map((name) => ['debian:12', name])));
      for (const name of hostileNames) expect(await packagesOf(name)).toEqual([['debian:12', name]]);
    });
  });
}
