import { formatTag, type TagName, type TagPeriod } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { testDigest } from './store-contract-facts';
import { hostileNames } from './store-contract-names';
import { everyPage, submittedImage } from './store-contract-service-facts';

const app: TagName = { repository: 'registry.example/team/app', tag: '1' };
const day = (number: number): string => `2024-03-0${number}T00:00:00.000Z`;

/** What tags name, and have named. */
export function describeTags(current: CurrentStore): void {
  describe('tags', () => {
    const periods = (tag: TagName, limit = 100): Promise<readonly TagPeriod[]> =>
      everyPage((page) => current().store.tagPeriods(tag, page), limit);
    const named = async (tag: TagName) => (await current().store.tags([tag])).get(formatTag(tag))?.image;

    it('name what they were moved to last, and nothing before', async () => {
      const { store } = current();
      expect(await store.tags([app])).toEqual(new Map());
      expect(await periods(app)).toEqual([]);
      const first = await store.moveTag(app, testDigest(1), { at: day(1) });
      expect(first).toStrictEqual({ ...app, image: testDigest(1), from: day(1), moves: 1 });
      expect(await store.moveTag(app, testDigest(1), { at: day(2) })).toStrictEqual(first);
      await store.moveTag(app, testDigest(2), { at: day(3) });
      const other = { ...app, tag: '2' };
      expect([...(await store.tags([other, app])).keys()]).toEqual(['registry.example/team/app:1']);
      expect(await named(app)).toBe(testDigest(2));
    });

    it.each([1, 2, 3, 100])('remember what they named, newest first, in pages of %i', async (limit) => {
      const { store } = current();
      for (const [index, image] of [1, 2, 1, 3].entries()) {
        await store.moveTag(app, testDigest(image), { at: day(index + 1) });
      }
      await store.moveTag({ ...app, tag: '10' }, testDigest(9), { at: day(1) });
      await store.moveTag({ ...app, tag: '0' }, testDigest(9), { at: day(1) });
      expect(await periods(app, limit)).toStrictEqual([
        { image: testDigest(3), from: day(4), until: null },
        { image: testDigest(1), from: day(3), until: day(4) },
        { image: testDigest(2), from: day(2), until: day(3) },
        { image: testDigest(1), from: day(1), until: day(2) },
      ]);
    });

    it('are not moved based on an outdated read', async () => {
      const { store } = current();
      await store.moveTag(app, testDigest(1), { at: day(1), moves: 0 });
      await store.moveTag(app, testDigest(2), { at: day(2), moves: 1 });
      const late = await store.moveTag(app, testDigest(3), { at: day(3), moves: 1 });
      expect(late).toMatchObject({ image: testDigest(2), moves: 2 });
      expect(await periods(app)).toHaveLength(2);
      expect(await store.moveTag(app, testDigest(3), { at: day(3), moves: 2 })).toMatchObject({ moves: 3 });
    });

    it('keep that a registry gave them out, also when it confirms what they name', async () => {
      const { store } = current();
      const claimed = await store.moveTag(app, testDigest(1), { at: day(1) });
      expect(claimed).not.toHaveProperty('byRegistry');
      const confirmed = await store.moveTag(app, testDigest(1), { at: day(2), moves: 1, byRegistry: true });
      expect(confirmed).toStrictEqual({ ...claimed, byRegistry: true });
      expect(await store.moveTag(app, testDigest(1), { at: day(3) })).toStrictEqual(confirmed);
      expect(await periods(app)).toHaveLength(1);
      expect((await store.tags([app])).get(formatTag(app))).toStrictEqual(confirmed);
      expect(await store.moveTag(app, testDigest(2), { at: day(4) })).not.toHaveProperty('byRegistry');
      expect(await periods(app)).toHaveLength(2);
    });

    it('never name an image before the one they named earlier, for any clock', async () => {
      const { store } = current();
      await store.moveTag(app, testDigest(1), { at: day(4) });
      await store.moveTag(app, testDigest(2), { at: day(2) });
      expect(await periods(app)).toStrictEqual([
        { image: testDigest(2), from: day(4), until: null },
        { image: testDigest(1), from: day(4), until: day(4) },
      ]);
    });

    it('are moved one after the other by many at once', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const images = [1, 2, 3, 4, 5, 6, 7, 8].map(testDigest);
      await Promise.all(
        images.map((image, index) => (index % 2 === 0 ? store : other).moveTag(app, image, { at: day(1) })),
      );
      const all = await periods(app);
      expect(all.map(({ image }) => image).sort()).toEqual([...images].sort());
      expect(all[0]?.image).toBe(await named(app));
      await other.close();
    });

    it.each(hostileNames)('have any name: %j', async (name) => {
      const { store } = current();
      const tag = { repository: name, tag: name };
      await store.moveTag(tag, testDigest(1), { at: day(1) });
      await store.moveTag(tag, testDigest(2), { at: day(2) });
      expect(await named(tag)).toBe(testDigest(2));
      expect(await periods(tag)).toHaveLength(2);
      expect(await named({ ...tag, tag: `${name} ` })).toBeUndefined();
    });

    it('survive their image until retention ends', async () => {
      const { store } = current();
      await store.changeImage(testDigest(2), () => submittedImage(2, { usedAt: '9024-01-01T00:00:00Z' }));
      for (const image of [1, 2]) await store.moveTag(app, testDigest(image), { at: day(image) });
      const gone = { ...app, tag: 'gone' };
      for (const image of [3, 4]) await store.moveTag(gone, testDigest(image), { at: day(image) });
      expect(await store.forgetImage(testDigest(4))).toBe(false);
      await store.prune({ before: day(2), keepFeeds: [] });
      expect(await periods(app)).toHaveLength(2);
      await store.prune({ before: day(4), keepFeeds: [] });
      expect(await periods(app)).toStrictEqual([{ image: testDigest(2), from: day(2), until: null }]);
      expect(await periods(gone)).toHaveLength(2);
      await store.prune({ before: day(5), keepFeeds: [] });
      expect([await periods(gone), await named(gone)]).toEqual([[], undefined]);
      expect(await named(app)).toBe(testDigest(2));
    });
  });
}
