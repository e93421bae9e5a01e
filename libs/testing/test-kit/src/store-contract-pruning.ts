import type { CurrentStore } from './store-under-test';
import { testDetection, testDigest, testImage, testLayer } from './store-contract-facts';
import {
  collect,
  placedFeature,
  submittedImage,
  testComposition,
  testSubmission,
} from './store-contract-service-facts';

const old = '2024-01-01T00:00:00Z';
const used = '9024-01-01T00:00:00Z';
/** After everything that is not used in the far future. */
const before = '9000-01-01T00:00:00Z';

/** Which submitted images are pruned, and which are kept. */
export function describePruning(current: CurrentStore): void {
  const prune = () => current().store.prune({ before, keepFeeds: [] });

  describe('pruning of submitted images', () => {
    it('removes those not used since, for every query', async () => {
      const { store } = current();
      for (const [seed, usedAt] of [old, used].entries()) {
        await store.changeImage(testDigest(seed + 1), () => submittedImage(seed + 1, { usedAt }));
      }
      const failed = testSubmission({ state: 'failed' });
      await store.changeImage(testDigest(3), () => submittedImage(3, { usedAt: old, submission: failed }));
      expect(await prune()).toMatchObject({ images: 2 });
      const queries = [
        { by: 'all' },
        { by: 'repository', repository: 'registry.example/team/app' },
        { by: 'composition', composition: testComposition(1).id },
        { by: 'layer', layer: testDigest(1) },
      ] as const;
      for (const query of queries) {
        const { items } = await store.images(query, { limit: 10 });
        expect(items.map(({ manifestDigest }) => manifestDigest)).toEqual([testDigest(2)]);
      }
      expect((await store.images({ by: 'state', state: 'failed' }, { limit: 10 })).items).toEqual([]);
    });

    it.each(['queued', 'indexing'] as const)(
      'keeps those that are %s, with the layers they wait for',
      async (state) => {
        const { store } = current();
        for (const seed of [1, 2, 3]) await store.putLayer(testLayer(seed));
        const { image } = testImage(9);
        const layers = [{ diffId: testDigest(1) }, { digest: testDigest(1002) }];
        const waiting = submittedImage(9, {
          usedAt: old,
          image: { ...image, layers },
          layers: [],
          submission: testSubmission({ state }),
        });
        await store.changeImage(testDigest(9), () => waiting);
        expect(await prune()).toEqual({ images: 0, layers: 1, feeds: 0 });
        expect(await store.image(testDigest(9))).toStrictEqual(waiting);
        const dpkg = { id: 'dpkg', version: 1 };
        // One is claimed by the image's configuration, the other known by its blob.
        for (const seed of [1, 2]) expect(await store.missing(testDigest(seed), [dpkg])).toEqual([]);
        expect(await store.diffIdOfBlob(testDigest(1002))).toBe(testDigest(2));
        expect(await store.missing(testDigest(3), [dpkg])).toEqual([dpkg]);
      },
    );

    it('keeps all submitted images if configured, with what they need, and removes the rest', async () => {
      const { store } = current();
      for (const seed of [1, 2, 3]) await store.putLayer(testLayer(seed));
      const image = submittedImage(1, { usedAt: old, layers: [testDigest(1)], composition: testComposition(1).id });
      await store.changeImage(image.manifestDigest, () => image);
      await store.putImage({ ...testImage(2), layers: [testDigest(2)], usedAt: old });
      for (const seed of [1, 2]) await store.putComposition(testComposition(seed), [placedFeature('openssl')]);
      const result = await store.prune({ before, keepFeeds: [], keepSubmitted: true });
      expect(result).toEqual({ images: 1, layers: 2, feeds: 0 });
      expect(await store.image(testDigest(1))).toStrictEqual(image);
      expect(await store.layer(testDigest(1), [])).toBeDefined();
      expect(await store.composition(testComposition(1).id)).toBeDefined();
      expect(await store.composition(testComposition(2).id)).toBeUndefined();
      for (const seed of [2, 3]) expect(await store.layer(testDigest(seed), [])).toBeUndefined();
    });

    it('keeps what an image was indexed as before, with other detectors or from other layers', async () => {
      const { store } = current();
      for (const seed of [1, 2]) await store.putLayer(testLayer(seed, { detections: [testDetection('dpkg', 1)] }));
      for (const seed of [1, 2]) await store.putComposition(testComposition(seed), [placedFeature('openssl')]);
      const earlier = { indexedAt: old, until: used, detectors: 'dpkg@1', composition: testComposition(1).id };
      const image = submittedImage(1, {
        ...{ usedAt: used, layers: [testDigest(3)], composition: testComposition(3).id },
        earlier: [{ ...earlier, layers: [testDigest(1), testDigest(3)] }],
      });
      await store.changeImage(image.manifestDigest, () => image);
      expect(await store.image(testDigest(1))).toStrictEqual(image);
      expect(await prune()).toEqual({ images: 0, layers: 1, feeds: 0 });
      expect(await store.composition(testComposition(1).id)).toBeDefined();
      expect(await store.composition(testComposition(2).id)).toBeUndefined();
      expect(await store.missing(testDigest(1), [{ id: 'dpkg', version: 1 }])).toEqual([]);
      for (const query of [
        { by: 'composition', composition: testComposition(1).id },
        { by: 'layer', layer: testDigest(1) },
      ] as const) {
        expect((await store.images(query, { limit: 10 })).items).toEqual([]);
      }
      await store.changeImage(image.manifestDigest, (known) => {
        if (known === undefined) return undefined;
        const { earlier: _, ...now } = known;
        return now;
      });
      expect(await prune()).toEqual({ images: 0, layers: 1, feeds: 0 });
      expect(await store.composition(testComposition(1).id)).toBeUndefined();
    });

    it('keeps layers of earlier scans on the command line', async () => {
      const { store } = current();
      for (const seed of [1, 2]) await store.putLayer(testLayer(seed));
      const scanned = (detectors: string, since: string, seed: number) =>
        store.putImage({
          ...testImage(1, { usedAt: used, layers: [testDigest(seed)] }),
          scanned: { detectors, since },
        });
      await scanned('dpkg@1', old, 1);
      await scanned('dpkg@2', used, 2);
      expect((await store.image(testDigest(1)))?.earlier).toEqual([
        { indexedAt: old, until: used, detectors: 'dpkg@1', layers: [testDigest(1)] },
      ]);
      expect(await prune()).toEqual({ images: 0, layers: 0, feeds: 0 });
    });

    it('keeps the layers of those that stay', async () => {
      const { store } = current();
      for (const seed of [1, 2]) await store.putLayer(testLayer(seed, { detections: [testDetection('dpkg', 1)] }));
      await store.changeImage(testDigest(1), () => submittedImage(1, { usedAt: used, layers: [testDigest(2)] }));
      expect(await prune()).toEqual({ images: 0, layers: 1, feeds: 0 });
      expect(await store.layer(testDigest(2), [])).toBeDefined();
    });

    it('removes compositions that no image uses any more', async () => {
      const { store } = current();
      const counts = { Critical: 1, High: 0, Medium: 0, Low: 0, Negligible: 0, Unknown: 0 };
      for (const [seed, usedAt] of [old, used].entries()) {
        const composition = testComposition(seed + 1);
        await store.putComposition(composition, [placedFeature('openssl'), placedFeature(`own${seed + 1}`)]);
        await store.putCounts(composition.id, counts);
        const image = submittedImage(seed + 1, { usedAt, composition: composition.id });
        await store.changeImage(image.manifestDigest, () => image);
      }
      await prune();
      const kept = testComposition(2).id;
      expect(await store.composition(testComposition(1).id)).toBeUndefined();
      expect(await store.composition(kept)).toStrictEqual(testComposition(2));
      expect(await store.counts([testComposition(1).id, kept])).toEqual(new Map([[kept, counts]]));
      expect(await store.compositionsWith('Critical', { limit: 10 })).toEqual({ items: [kept] });
      const compositions = async (name: string) =>
        (await collect(store.compositionsWithPackage('dpkg', name))).map(({ composition }) => composition.id);
      expect([await compositions('openssl'), await compositions('own1'), await compositions('own2')]).toEqual([
        [kept],
        [],
        [kept],
      ]);
      // It can be put again with its packages.
      await store.putComposition(testComposition(1), [placedFeature('own1')]);
      expect(await compositions('own1')).toEqual([testComposition(1).id]);
    });

    it('keeps compositions that were stored since: their images may be about to be finished', async () => {
      const { store } = current();
      await store.putComposition(testComposition(1), [placedFeature('openssl')]);
      await store.prune({ before: '2020-01-01T00:00:00Z', keepFeeds: [] });
      expect(await store.composition(testComposition(1).id)).toBeDefined();
    });
  });

  it('is ready, and not after it is closed', async () => {
    const { store, reopen } = current();
    expect(await store.ready()).toBe(true);
    const other = await reopen();
    expect(await other.ready()).toBe(true);
    await other.close();
    expect(await other.ready()).toBe(false);
    expect(await store.ready()).toBe(true);
  });
}
