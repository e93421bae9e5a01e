import type { CurrentStore } from './store-under-test';
import {
  testDetection,
  testDigest,
  testFeedState,
  testGroup,
  testImage,
  testLayer,
  testText,
  updateFeed,
} from './store-contract-facts';

const dpkg1 = { id: 'dpkg', version: 1 };
const dpkg2 = { id: 'dpkg', version: 2 };
const apk1 = { id: 'apk', version: 1 };

/** Layers, images and pruning. */
export function describeLayerStore(current: CurrentStore): void {
  describe('layers', () => {
    it('reports all detectors as missing for a layer that was never indexed', async () => {
      const { store } = current();
      expect(await store.missing(testDigest(1), [dpkg1, apk1])).toEqual([dpkg1, apk1]);
      expect(await store.layer(testDigest(1), [dpkg1])).toBeUndefined();
      expect(await store.diffIdOfBlob(testDigest(1001))).toBeUndefined();
    });

    it('returns exactly what was put, however often it is put', async () => {
      const { store } = current();
      const layer = testLayer(1);
      for (let time = 0; time < 3; time += 1) await store.putLayer(layer);
      expect(await store.layer(layer.diffId, [dpkg1])).toStrictEqual(layer);
      expect(await store.missing(layer.diffId, [dpkg1])).toEqual([]);
    });

    it('keeps layers apart', async () => {
      const { store } = current();
      await store.putLayer(testLayer(1));
      await store.putLayer(testLayer(2));
      expect(await store.layer(testDigest(2), [dpkg1])).toStrictEqual(testLayer(2));
      expect(await store.layer(testDigest(3), [dpkg1])).toBeUndefined();
    });

    it('reports the missing detectors by id and version', async () => {
      const { store } = current();
      await store.putLayer(testLayer(1));
      expect(await store.missing(testDigest(1), [apk1, dpkg1, dpkg2])).toEqual([apk1, dpkg2]);
    });

    it('reports how much there is to read without reading it', async () => {
      const { store } = current();
      const detection = testDetection('dpkg', 1);
      const [feature] = detection.features;
      const features = Array.from({ length: 2000 }, (_, n) => ({ ...feature!, name: `package${n}` }));
      await store.putLayer(testLayer(1, { detections: [{ ...detection, features }] }));
      await store.putLayer(testLayer(2));
      const [large, without, small] = [
        await store.layerBytes(testDigest(1), [dpkg1]),
        await store.layerBytes(testDigest(1), [dpkg2]),
        await store.layerBytes(testDigest(2), [dpkg1]),
      ];
      expect(small).toBeGreaterThan(0);
      expect(small).toBeLessThan(10_000);
      expect(without).toBeLessThan(10_000);
      // Each has some hundred characters; how they are kept is a matter of the store.
      expect(large).toBeGreaterThan(50_000);
      expect(large).toBeLessThan(1_000_000);
      expect(await store.layerBytes(testDigest(3), [dpkg1])).toBe(0);
    });

    it('adds detections and returns those of the requested detectors', async () => {
      const { store } = current();
      await store.putLayer(testLayer(1));
      await store.putLayer(testLayer(1, { detections: [testDetection('dpkg', 2), testDetection('apk', 1)] }));
      const layer = await store.layer(testDigest(1), [apk1, dpkg2]);
      expect(layer?.detections).toStrictEqual([testDetection('apk', 1), testDetection('dpkg', 2)]);
      expect((await store.layer(testDigest(1), [dpkg1]))?.detections).toStrictEqual([testDetection('dpkg', 1)]);
      expect((await store.layer(testDigest(1), []))?.detections).toEqual([]);
    });

    it('replaces what the same detector in the same version found', async () => {
      const { store } = current();
      await store.putLayer(testLayer(1));
      const empty = { ...testDetection('dpkg', 1), features: [] };
      await store.putLayer(testLayer(1, { detections: [empty] }));
      expect((await store.layer(testDigest(1), [dpkg1]))?.detections).toStrictEqual([empty]);
    });

    it('replaces structure and problems, adds blobs', async () => {
      const { store } = current();
      await store.putLayer(testLayer(1));
      const again = testLayer(1, { blobs: [testDigest(77)], problems: [], size: 5 });
      await store.putLayer(again);
      const layer = await store.layer(testDigest(1), [dpkg1]);
      expect(layer).toMatchObject({ problems: [], size: 5 });
      expect([...(layer?.blobs ?? [])].sort()).toEqual([testDigest(1001), testDigest(77)].sort());
    });

    it('finds a layer by each of its blobs', async () => {
      const { store } = current();
      await store.putLayer(testLayer(1, { blobs: [testDigest(5), testDigest(6)] }));
      expect(await store.diffIdOfBlob(testDigest(5))).toBe(testDigest(1));
      expect(await store.diffIdOfBlob(testDigest(6))).toBe(testDigest(1));
      expect(await store.diffIdOfBlob(testDigest(1))).toBeUndefined();
    });

    it('stores a layer that was put by many at once', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          (n % 2 === 0 ? store : other).putLayer(testLayer(1, { detections: [testDetection(`d${n}`, 1)] })),
        ),
      );
      const asked = Array.from({ length: 20 }, (_, n) => ({ id: `d${n}`, version: 1 }));
      expect(await other.missing(testDigest(1), asked)).toEqual([]);
      expect((await store.layer(testDigest(1), asked))?.detections).toHaveLength(20);
      await other.close();
    });
  });

  describe('images', () => {
    it('returns what was put last', async () => {
      const { store } = current();
      expect(await store.image(testDigest(1))).toBeUndefined();
      await store.putImage(testImage(1));
      await store.putImage(testImage(1));
      expect(await store.image(testDigest(1))).toStrictEqual(testImage(1));
      const changed = testImage(1, { layers: [testDigest(8)], usedAt: '2024-03-09T10:00:00Z' });
      await store.putImage(changed);
      expect(await store.image(testDigest(1))).toStrictEqual(changed);
    });
  });

  describe('prune', () => {
    it('prunes images and layers that were last used before the given time', async () => {
      const { store } = current();
      await store.putImage(testImage(1, { usedAt: '2024-01-01T00:00:00Z', layers: [testDigest(1)] }));
      await store.putImage(testImage(2, { usedAt: '9024-01-01T00:00:00Z', layers: [testDigest(2)] }));
      for (const seed of [1, 2, 3]) await store.putLayer(testLayer(seed));
      const result = await store.prune({ before: '9000-01-01T00:00:00Z', keepFeeds: [] });
      expect(result).toEqual({ images: 1, layers: 2, feeds: 0 });
      expect(await store.image(testDigest(1))).toBeUndefined();
      expect(await store.image(testDigest(2))).toBeDefined();
      expect(await store.layer(testDigest(1), [dpkg1])).toBeUndefined();
      expect(await store.missing(testDigest(1), [dpkg1])).toEqual([dpkg1]);
      expect(await store.diffIdOfBlob(testDigest(1001))).toBeUndefined();
      // A layer of an image that stays is needed to report that image.
      expect(await store.layer(testDigest(2), [dpkg1])).toStrictEqual(testLayer(2));
    });

    it('keeps images and layers that were used since', async () => {
      const { store } = current();
      await store.putLayer(testLayer(1));
      await store.putImage(testImage(1));
      const result = await store.prune({ before: '2020-01-01T00:00:00Z', keepFeeds: [] });
      expect(result).toEqual({ images: 0, layers: 0, feeds: 0 });
      expect(await store.layer(testDigest(1), [dpkg1])).toBeDefined();
    });

    it('removes all data of feeds that are not kept', async () => {
      const { store } = current();
      for (const feed of ['feed-a', 'feed-b']) {
        await updateFeed(store, feed, async (writer) => {
          await writer.put(testGroup('openssl', { feed }), 'h');
          await writer.putText(testText('CVE-2024-0001', feed, feed));
        });
      }
      const result = await store.prune({ before: '2020-01-01T00:00:00Z', keepFeeds: ['feed-b'] });
      expect(result).toEqual({ images: 0, layers: 0, feeds: 1 });
      expect(await store.advisories([['debian:12', 'openssl']])).toStrictEqual([
        testGroup('openssl', { feed: 'feed-b' }),
      ]);
      expect((await store.vulnerability('CVE-2024-0001'))?.texts.map(({ feed }) => feed)).toEqual(['feed-b']);
      expect(await store.feedStates()).toStrictEqual([testFeedState('feed-b')]);
    });

    it('rejects an invalid time', async () => {
      await expect(current().store.prune({ before: 'yesterday', keepFeeds: [] })).rejects.toMatchObject({
        code: 'invalid-input',
      });
    });
  });
}
