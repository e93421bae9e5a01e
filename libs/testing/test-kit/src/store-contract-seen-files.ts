import type { CurrentStore } from './store-under-test';
import { testDigest } from './store-contract-facts';
import { hostileNames } from './store-contract-names';

const seen = { diffId: testDigest(1), blob: testDigest(2) };

/** Parts of files that were read before. */
export function describeSeenFiles(current: CurrentStore): void {
  describe('parts of files that were read', () => {
    it('are found by their key only, and the last write wins', async () => {
      const { store, reopen } = current();
      expect(await store.seenFile('1 2 3')).toBeUndefined();
      await store.putSeenFile('1 2 3', { diffId: testDigest(8), blob: testDigest(9) });
      await store.putSeenFile('1 2 3', seen);
      const other = await reopen();
      expect(await other.seenFile('1 2 3')).toStrictEqual(seen);
      expect(await other.seenFile('1 2 4')).toBeUndefined();
      await other.close();
    });

    it.each(hostileNames)('can have any text as key: %j', async (key) => {
      const { store } = current();
      await store.putSeenFile(key, seen);
      expect(await store.seenFile(key)).toStrictEqual(seen);
      expect(await store.seenFile(`${key} `)).toBeUndefined();
    });

    it('are removed if they were not used since', async () => {
      const { store } = current();
      await store.putSeenFile('key', seen);
      await store.prune({ before: '2020-01-01T00:00:00Z', keepFeeds: [] });
      expect(await store.seenFile('key')).toStrictEqual(seen);
      await store.prune({ before: '9000-01-01T00:00:00Z', keepFeeds: [] });
      expect(await store.seenFile('key')).toBeUndefined();
    });
  });
}
