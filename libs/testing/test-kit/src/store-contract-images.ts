import {
  type ImageQuery,
  namesOf,
  type Page,
  pageBytes,
  type PageRequest,
  sizeOf,
  type StoredImage,
} from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { testDigest, testImage, testLayer } from './store-contract-facts';
import { hostileNames } from './store-contract-names';
import { everyPage, submittedImage, testComposition, testSubmission } from './store-contract-service-facts';

const team = 'registry.example/team/app';

/** All pages of a list; each ends with the item that reaches the limit. */
async function boundedPages<T>(ask: (page: PageRequest) => Promise<Page<T>>): Promise<readonly Page<T>[]> {
  const pages: Page<T>[] = [];
  for (let after: string | undefined, more = true; more;) {
    const page = await ask({ limit: 1000, ...(after === undefined ? {} : { after }) });
    const within = page.items.slice(0, -1).reduce((bytes, item) => bytes + sizeOf(item), 0);
    expect(within).toBeLessThan(pageBytes);
    pages.push(page);
    after = page.next;
    more = after !== undefined;
  }
  expect(pages.length).toBeGreaterThan(1);
  return pages;
}

/** Submitted images: changed one step at a time, found by every question. */
export function describeSubmittedImages(current: CurrentStore): void {
  const put = async (...images: readonly StoredImage[]) => {
    for (const image of images) await current().store.changeImage(image.manifestDigest, () => image);
  };
  const find = async (query: ImageQuery, limit = 100) =>
    everyPage((page) => current().store.images(query, page), limit);
  const numbers = async (query: ImageQuery, limit?: number) =>
    (await find(query, limit)).map(({ manifestDigest }) => Number.parseInt(manifestDigest.slice(-8), 16));

  describe('changes of submitted images', () => {
    it('pass the stored image to the change, and resolve to what is stored afterwards', async () => {
      const { store, reopen } = current();
      const seen: unknown[] = [];
      const see = (next: StoredImage | undefined) => (known: StoredImage | undefined) => {
        seen.push(known);
        return next;
      };
      const first = submittedImage(1);
      const second = submittedImage(1, { submission: testSubmission({ state: 'failed' }) });
      expect(await store.changeImage(testDigest(1), see(undefined))).toBeUndefined();
      expect(await store.changeImage(testDigest(1), see(first))).toStrictEqual(first);
      expect(await store.changeImage(testDigest(1), see(undefined))).toStrictEqual(first);
      expect(await store.changeImage(testDigest(1), see(second))).toStrictEqual(second);
      expect(seen).toEqual(expect.arrayContaining([undefined, first]));
      const other = await reopen();
      expect(await other.image(testDigest(1))).toStrictEqual(second);
      await other.close();
    });

    it('are atomic, from any connection', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const referenceOf = (n: number) => `${team}:${String(n).padStart(2, '0')}`;
      const add = (n: number) => (known: StoredImage | undefined) => ({
        ...(known ?? submittedImage(1, { references: [] })),
        references: [...(known?.references ?? []), referenceOf(n)].sort(),
      });
      const all = Array.from({ length: 40 }, (_, n) => n);
      await Promise.all(all.map((n) => (n % 2 === 0 ? store : other).changeImage(testDigest(1), add(n))));
      expect((await store.image(testDigest(1)))?.references).toEqual(all.map(referenceOf));
      await other.close();
    });

    it('that throw change nothing, and disturb no other', async () => {
      const { store } = current();
      const wrong = () => {
        throw new RangeError('on purpose');
      };
      const results = await Promise.allSettled([
        store.changeImage(testDigest(1), () => submittedImage(1)),
        store.changeImage(testDigest(2), wrong),
        store.changeImage(testDigest(3), () => submittedImage(3)),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(results[1]).toMatchObject({ reason: { name: 'RangeError', message: 'on purpose' } });
      expect(await numbers({ by: 'all' })).toEqual([1, 3]);
    });

    it('are rejected when they return another image', async () => {
      const { store } = current();
      const refused = store.changeImage(testDigest(1), () => submittedImage(2));
      await expect(refused).rejects.toMatchObject({ name: 'ClarionError', code: 'invalid-input' });
      expect(await numbers({ by: 'all' })).toEqual([]);
    });

    it('stay when a command line scans the same image', async () => {
      const { store } = current();
      const submitted = submittedImage(1, { submission: testSubmission({ state: 'queued' }), layers: [] });
      await put(submitted);
      await store.putImage(testImage(1, { usedAt: '2024-04-01T10:00:00Z' }));
      expect(await store.image(testDigest(1))).toStrictEqual({ ...submitted, usedAt: '2024-04-01T10:00:00Z' });
      await store.putImage(testImage(1, { usedAt: '2024-01-01T10:00:00Z' }));
      expect(await store.image(testDigest(1))).toStrictEqual({ ...submitted, usedAt: '2024-04-01T10:00:00Z' });
      expect(await numbers({ by: 'state', state: 'queued' })).toEqual([1]);
    });

    it('make one of an image that a command line has scanned', async () => {
      const { store } = current();
      await store.putImage(testImage(1));
      expect(await numbers({ by: 'all' })).toEqual([]);
      expect(await numbers({ by: 'layer', layer: testDigest(1) })).toEqual([]);
      await store.changeImage(testDigest(1), (known) => known && { ...known, submission: testSubmission() });
      expect(await numbers({ by: 'all' })).toEqual([1]);
      expect(await numbers({ by: 'layer', layer: testDigest(1) })).toEqual([1]);
    });
  });

  describe('submitted images', () => {
    const queries: readonly (readonly [ImageQuery, (n: number) => boolean])[] = [
      [{ by: 'all' }, () => true],
      [{ by: 'state', state: 'queued' }, (n) => n % 4 === 0],
      [{ by: 'state', state: 'indexing' }, (n) => n % 4 === 1],
      [{ by: 'state', state: 'failed' }, (n) => n % 4 === 2],
      [{ by: 'state', state: 'indexed' }, (n) => n % 4 === 3],
      [{ by: 'repository', repository: team }, (n) => n % 2 === 0],
      [{ by: 'repository', repository: `${team}/other` }, (n) => n % 3 === 0],
      [{ by: 'repository', repository: 'registry.example/team' }, () => false],
      [{ by: 'composition', composition: testComposition(7).id }, (n) => n % 5 === 0],
      [{ by: 'composition', composition: testComposition(8).id }, () => false],
      [{ by: 'layer', layer: testDigest(500) }, () => true],
      [{ by: 'layer', layer: testDigest(501) }, (n) => n % 2 === 1],
      [{ by: 'layer', layer: testDigest(999) }, () => false],
    ];
    const states = ['queued', 'indexing', 'failed', 'indexed'] as const;
    const made = (n: number): StoredImage => {
      const own = n % 2 === 0 ? [`${team}:${n}`, `${team}:latest@${testDigest(n)}`] : [];
      const references = [...own, ...(n % 3 === 0 ? [`${team}/other:${n}`] : [])];
      const { composition, ...rest } = submittedImage(n, {
        references,
        ...(n % 10 === 0 ? { byDigest: true as const } : {}),
        submission: testSubmission({ state: states[n % 4]! }),
        composition: testComposition(7).id,
        layers: [testDigest(500), ...(n % 2 === 1 ? [testDigest(501), testDigest(501)] : []), testDigest(600 + n)],
      });
      return n % 5 === 0 && composition !== undefined ? { ...rest, composition } : rest;
    };
    const seeds = Array.from({ length: 23 }, (_, n) => n + 1);

    it.each([1, 2, 7, 23, 100])('are found by every question, in their order, in pages of %i', async (limit) => {
      await put(...[...seeds].reverse().map(made));
      await current().store.putImage(testImage(40, { layers: [testDigest(500)] }));
      for (const [query, matches] of queries) {
        const found = { query, images: await numbers(query, limit) };
        expect(found).toEqual({ query, images: seeds.filter(matches) });
      }
      expect(await find({ by: 'composition', composition: testComposition(7).id })).toStrictEqual(
        seeds.filter((n) => n % 5 === 0).map(made),
      );
    });

    it.each([1, 3, 100])('have names, those of a composition in order, in pages of %i', async (limit) => {
      await put(...seeds.map(made));
      const { store } = current();
      const { id } = testComposition(7);
      const names = () => everyPage((page) => store.imageNames(id, page), limit);
      const images = seeds.filter((n) => n % 5 === 0).map(made);
      expect(await names()).toStrictEqual(images.map(namesOf));
      expect((await store.imageNames(testComposition(8).id, { limit })).items).toEqual([]);
      const [renamed, moved, forgotten, ...others] = images.map((image) => image);
      await put({ ...renamed!, references: ['registry.example/new:1'] });
      await put({ ...moved!, composition: testComposition(8).id });
      await store.forgetImage(forgotten!.manifestDigest);
      const left = [{ ...renamed!, references: ['registry.example/new:1'] }, ...others];
      expect(await names()).toStrictEqual(left.map(namesOf));
      const refused = { name: 'ClarionError', code: 'invalid-input' };
      await expect(store.imageNames(id, { limit: 0 })).rejects.toMatchObject(refused);
    });

    it('show whether anything was written since, here or elsewhere, if at all', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      await put(made(1));
      const before = await store.lastWrite();
      expect(await store.lastWrite()).toBe(before);
      if (before !== undefined) expect(await other.lastWrite()).toBe(before);
      const writes = [
        () => other.changeImage(made(1).manifestDigest, () => ({ ...made(1), usedAt: '2025-01-01T00:00:00Z' })),
        () => store.putCounts(testComposition(7).id, null),
        () => other.putComposition(testComposition(7), []),
        () => other.putCounts(testComposition(7).id, null),
        () => other.forgetImage(made(1).manifestDigest),
      ];
      const seen = [before];
      for (const write of writes) {
        await write();
        seen.push(await store.lastWrite());
      }
      await other.close();
      // Counts of a composition that is not stored change nothing.
      const different = new Set(seen).size;
      expect(before === undefined ? different : different >= writes.length).toBe(before === undefined ? 1 : true);
    });

    it('are read in pages with a limit in bytes, too, however large one of them is', async () => {
      const { store } = current();
      const wordy = (n: number, characters: number): StoredImage => {
        const image = submittedImage(n, { composition: testComposition(7).id });
        return { ...image, image: { ...image.image, layers: [{ createdBy: 'x'.repeat(characters) }] } };
      };
      // Records of earlier versions had no limit.
      const images = [wordy(1, 10), wordy(2, 8_000_000), ...seeds.map((n) => wordy(n + 2, 100_000))];
      await put(...images);
      const queries: readonly ImageQuery[] = [{ by: 'all' }, { by: 'composition', composition: testComposition(7).id }];
      for (const query of queries) {
        const pages = await boundedPages((page) => store.images(query, page));
        expect(pages.flatMap(({ items }) => items)).toStrictEqual(images);
        expect(pages.map(({ items }) => items.length)).toEqual([2, 11, 11, 1]);
      }
    });

    it('have names in pages with a limit in bytes, too', async () => {
      const { store } = current();
      const references = Array.from({ length: 1000 }, (_, n) => `${team}:${String(n).padStart(100, '0')}`);
      const images = seeds.map((n) => submittedImage(n, { composition: testComposition(7).id, references }));
      await put(...images);
      const pages = await boundedPages((page) => store.imageNames(testComposition(7).id, page));
      const names = images.map(({ manifestDigest }) => ({ manifestDigest, references }));
      expect(pages.flatMap(({ items }) => items)).toStrictEqual(names);
    });

    it('are found by what they are now, not by what they were', async () => {
      const before = submittedImage(1, { submission: testSubmission({ state: 'queued' }), layers: [testDigest(5)] });
      const after = submittedImage(1, {
        references: ['registry.example/moved:1'],
        layers: [testDigest(6)],
        composition: testComposition(2).id,
      });
      const questions = (image: StoredImage): readonly ImageQuery[] => [
        { by: 'state', state: image.submission!.state },
        { by: 'repository', repository: image.references![0]!.replace(/:1$/, '') },
        { by: 'composition', composition: image.composition! },
        { by: 'layer', layer: image.layers[0]! },
      ];
      await put(before);
      for (const query of questions(before)) expect(await find(query)).toStrictEqual([before]);
      await put(after);
      for (const query of questions(before)) expect(await find(query)).toEqual([]);
      for (const query of questions(after)) expect(await find(query)).toStrictEqual([after]);
      expect(await current().store.forgetImage(testDigest(1))).toBe(true);
      for (const query of [...questions(after), { by: 'all' } as const]) expect(await find(query)).toEqual([]);
    });

    it('are removed without their layers', async () => {
      const { store } = current();
      await store.putLayer(testLayer(1));
      await put(submittedImage(1), submittedImage(2));
      expect(await store.forgetImage(testDigest(1))).toBe(true);
      expect(await store.forgetImage(testDigest(1))).toBe(false);
      expect(await store.image(testDigest(1))).toBeUndefined();
      expect(await store.layer(testDigest(1), [])).toBeDefined();
      expect(await numbers({ by: 'layer', layer: testDigest(1) })).toEqual([2]);
    });

    it('can be added and removed between two pages', async () => {
      const { store } = current();
      await put(...[1, 2, 3, 4].map((n) => submittedImage(n)));
      const first = await store.images({ by: 'layer', layer: testDigest(1) }, { limit: 2 });
      for (const gone of [2, 3]) await store.forgetImage(testDigest(gone));
      await put(submittedImage(5));
      const page = { limit: 2, after: first.next! };
      const second = await store.images({ by: 'layer', layer: testDigest(1) }, page);
      expect(second.items.map(({ manifestDigest }) => manifestDigest)).toEqual([testDigest(4), testDigest(5)]);
      expect(second.next).toBeUndefined();
    });

    it('are found by repositories of any name', async () => {
      const references = hostileNames.map((name) => `registry.example/${name}:1`);
      await put(...references.map((reference, n) => submittedImage(n + 1, { references: [reference] })));
      for (const [n, name] of hostileNames.entries()) {
        expect(await numbers({ by: 'repository', repository: `registry.example/${name}` })).toEqual([n + 1]);
      }
    });

    it.each([0, -1, 1.5, Number.NaN])('reject pages of %p', async (limit) => {
      const refused = { name: 'ClarionError', code: 'invalid-input' };
      await expect(current().store.images({ by: 'all' }, { limit })).rejects.toMatchObject(refused);
    });
  });
}
