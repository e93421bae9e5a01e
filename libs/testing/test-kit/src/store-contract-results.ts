import { mostResultBytes } from '@clarion/model';
import type { CurrentStore } from './store-under-test';
import { hostileNames } from './store-contract-names';

const [kibibyte, some] = [1024, 20_000];
const bytes = (of: number, length = some): Uint8Array => Buffer.alloc(length, of);

/** Results of stored facts. */
export function describeResults(current: CurrentStore): void {
  describe('results', () => {
    it('are found by their name, also by other processes, and the first one stays', async () => {
      const { store, reopen } = current();
      expect(await store.result('name')).toBeUndefined();
      await store.putResult('name', bytes(1));
      await store.putResult('name', bytes(2));
      const other = await reopen();
      expect(Buffer.from((await other.result('name'))!).equals(bytes(1))).toBe(true);
      expect(await other.result('another')).toBeUndefined();
      await other.close();
    });

    it.each(hostileNames)('can have any text as name: %j', async (name) => {
      const { store } = current();
      await store.putResult(name, bytes(1, 10));
      expect(Buffer.from((await store.result(name))!).equals(bytes(1, 10))).toBe(true);
      expect(await store.result(`${name} `)).toBeUndefined();
    });

    it('go in the order in which they were put, when there are too many', async () => {
      const { reopen } = current();
      const limit = 150 * kibibyte;
      const store = await reopen({ resultBytes: limit });
      for (let of = 0; of < 30; of += 1) {
        await store.putResult(`${of}`, bytes(of));
        expect((await store.resultsSize()).bytes).toBeLessThanOrEqual(limit);
      }
      const found = await Promise.all(Array.from({ length: 30 }, (_, of) => store.result(`${of}`)));
      const kept = found.map((one) => one !== undefined);
      expect(kept).toEqual(kept.map((_, of) => of >= kept.indexOf(true)));
      const { results } = await store.resultsSize();
      expect(results).toBe(kept.filter(Boolean).length);
      expect(results).toBeGreaterThanOrEqual(3);
      await store.close();
    });

    it('are not kept when one is too large, or none may be', async () => {
      const { store, reopen } = current();
      await store.putResult('large', bytes(1, mostResultBytes + 1));
      expect(await store.result('large')).toBeUndefined();
      const other = await reopen({ resultBytes: 0 });
      await other.putResult('small', bytes(1, 1));
      expect(await other.result('small')).toBeUndefined();
      await other.close();
    });

    it('can be as large as is said', async () => {
      const { store } = current();
      await store.putResult('large', bytes(1, mostResultBytes));
      expect((await store.result('large'))?.length).toBe(mostResultBytes);
    });

    it('are removed if they were put before', async () => {
      const { store } = current();
      await store.putResult('name', bytes(1));
      await store.prune({ before: '2020-01-01T00:00:00Z', keepFeeds: [] });
      expect((await store.resultsSize()).results).toBe(1);
      await store.prune({ before: '9000-01-01T00:00:00Z', keepFeeds: [] });
      expect(await store.result('name')).toBeUndefined();
      expect(await store.resultsSize()).toEqual({ results: 0, bytes: 0 });
    });
  });
}
