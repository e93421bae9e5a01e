import {
  severities,
  type ImageComposition,
  type IndexedPackageType,
  type PlacedFeature,
  type SeverityCounts,
} from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { testDigest } from './store-contract-facts';
import { hostileNames } from './store-contract-names';
import { collect, everyPage, placedFeature, testComposition } from './store-contract-service-facts';

const none: SeverityCounts = { Critical: 0, High: 0, Medium: 0, Low: 0, Negligible: 0, Unknown: 0 };

/** Compositions, the index of their packages, and their counts. */
export function describeCompositions(current: CurrentStore): void {
  const withPackage = async (name: string, type: IndexedPackageType = 'dpkg', after?: string) => {
    const { store } = current();
    const matches =
      after === undefined
        ? store.compositionsWithPackage(type, name)
        : store.compositionsWithPackage(type, name, after);
    const found: { readonly composition: ImageComposition; readonly features: readonly PlacedFeature[] }[] = [];
    for await (const { composition, pieces } of matches) {
      found.push({ composition, features: (await collect(pieces())).flat() });
    }
    return found;
  };
  const idsOf = (...seeds: readonly number[]) => seeds.map((seed) => testComposition(seed).id);

  describe('compositions', () => {
    it('are returned as they were put', async () => {
      const { store, reopen } = current();
      const composition = testComposition(1);
      expect(await store.composition(composition.id)).toBeUndefined();
      await store.putComposition(composition, []);
      expect(await store.composition(composition.id)).toStrictEqual(composition);
      expect(await store.composition(testComposition(2).id)).toBeUndefined();
      expect(await store.compositionFeatures(composition.id)).toEqual([]);
      expect(await store.compositionFeatures(testComposition(2).id)).toBeUndefined();
      const other = await reopen();
      expect(await other.composition(composition.id)).toStrictEqual(composition);
      await other.close();
    });

    it('return all their features, in the original order', async () => {
      const { store } = current();
      const names = [...hostileNames, ...Array.from({ length: 3000 }, (_, n) => `package${3000 - n}`)];
      const source = { name: 'source', version: '2' };
      const features = names.map((name, n) => placedFeature(name, n % 2 === 0 ? { source } : { type: 'apk' }));
      features.push(placedFeature('twice'), placedFeature('twice', { layer: testDigest(2) }));
      await store.putComposition(testComposition(1), features);
      expect(await store.compositionFeatures(testComposition(1).id)).toStrictEqual(features);
    });

    it('do not change when they are put again', async () => {
      const { store } = current();
      await store.putComposition(testComposition(1), [placedFeature('openssl')]);
      await store.putCounts(testComposition(1).id, { ...none, High: 1 });
      await store.putComposition(testComposition(1), [placedFeature('zlib')]);
      expect(await withPackage('openssl')).toHaveLength(1);
      expect(await withPackage('zlib')).toEqual([]);
      expect((await store.counts(idsOf(1))).get(testComposition(1).id)).toEqual({ ...none, High: 1 });
    });

    it('can be put by many at once', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const features = Array.from({ length: 300 }, (_, n) => placedFeature(`package${n}`));
      const puts = [store, other, store, other].map((one) => one.putComposition(testComposition(1), features));
      await Promise.all(puts);
      for (const n of [0, 150, 299]) {
        expect(await withPackage(`package${n}`)).toStrictEqual([
          { composition: testComposition(1), features: [features[n]] },
        ]);
      }
      await other.close();
    });
  });

  describe('compositions with a package', () => {
    const source = { name: 'openssl', version: '3.0-1' };
    const library = placedFeature('libssl3', { source, license: 'Apache-2.0', vendor: 'Debian <d@debian.example>' });
    const tool = placedFeature('openssl', {
      architecture: 'amd64',
      module: 'm:1:2:3',
      repository: 'main',
      owner: 'libssl3',
    });
    const elsewhere = placedFeature('openssl', {
      version: '2.0',
      namespace: null,
      layer: testDigest(9),
      path: 'opt/s',
    });
    const other = placedFeature('zlib1g', { source: { name: 'zlib', version: '1' } });

    it.each<[name: string, type: IndexedPackageType, found: readonly PlacedFeature[]]>([
      ['openssl', 'dpkg', [library, tool, elsewhere]],
      ['libssl3', 'dpkg', [library]],
      ['zlib', 'dpkg', [other]],
      ['zlib1g', 'dpkg', [other]],
      ['openssl', 'apk', []],
      ['zlib', 'apk', [placedFeature('zlib', { type: 'apk' })]],
      ['libssl', 'dpkg', []],
      ['OpenSSL', 'dpkg', []],
    ])('are found by binary and by source name: %s of %s', async (name, type, found) => {
      const apk = placedFeature('zlib', { type: 'apk' });
      await current().store.putComposition(testComposition(1), [library, other, tool, apk, elsewhere]);
      await current().store.putComposition(testComposition(2), [placedFeature('bash')]);
      const expected = found.length === 0 ? [] : [{ composition: testComposition(1), features: found }];
      expect(await withPackage(name, type)).toStrictEqual(expected);
    });

    it('are found together where their kinds are own ones, each with its own', async () => {
      const features = [
        placedFeature('agent', { type: 'x-acme', namespace: 'x-acme' }),
        placedFeature('agent'),
        placedFeature('agent-cli', { type: 'x-other', source: { name: 'agent', version: '1' } }),
        placedFeature('agent', {
          type: 'x-acme',
          namespace: 'x-acme',
          license: 'MIT',
          version: '2',
          confidence: 'inferred',
          linkedFunctions: 'linux/amd64 12 1 AAA=',
        }),
      ];
      await current().store.putComposition(testComposition(1), features);
      const [first, dpkg, ...others] = features;
      expect(await withPackage('agent', 'x')).toStrictEqual([
        { composition: testComposition(1), features: [first, ...others] },
      ]);
      expect(await withPackage('agent')).toStrictEqual([{ composition: testComposition(1), features: [dpkg] }]);
      expect(await current().store.compositionFeatures(testComposition(1).id)).toStrictEqual(features);
    });

    it('are found by the name as their ecosystem compares it, and keep their own', async () => {
      const flask = placedFeature('Flask_Login', { type: 'pypi', namespace: 'pypi' });
      const scoped = placedFeature('@Acme/Own', { type: 'npm', namespace: 'npm' });
      await current().store.putComposition(testComposition(1), [flask, scoped]);
      expect(await withPackage('flask-login', 'pypi')).toStrictEqual([
        { composition: testComposition(1), features: [flask] },
      ]);
      expect(await withPackage('@Acme/Own', 'npm')).toStrictEqual([
        { composition: testComposition(1), features: [scoped] },
      ]);
      expect(await current().store.compositionFeatures(testComposition(1).id)).toStrictEqual([flask, scoped]);
    });

    it('contain a package once whose source has the same name', async () => {
      const feature = placedFeature('bash', { source: { name: 'bash', version: '5' } });
      await current().store.putComposition(testComposition(1), [feature]);
      expect(await withPackage('bash')).toStrictEqual([{ composition: testComposition(1), features: [feature] }]);
    });

    it('are returned in the order of their ids, starting at any of them', async () => {
      const seeds = Array.from({ length: 120 }, (_, n) => n + 1);
      for (const seed of [...seeds].reverse()) {
        await current().store.putComposition(testComposition(seed), [library, placedFeature(`own${seed}`)]);
      }
      const found = async (after?: string) =>
        (await withPackage('openssl', 'dpkg', after)).map((one) => one.composition.id);
      expect(await found()).toEqual(idsOf(...seeds));
      expect(await found(testComposition(100).id)).toEqual(idsOf(...seeds.slice(100)));
      expect(await found(testComposition(120).id)).toEqual([]);
      // It may have been removed in the meantime: the id need not exist.
      expect(await found(`${testComposition(99).id.slice(0, -1)}30`)).toEqual(idsOf(...seeds.slice(99)));
    });

    it('can be a few of many, or all of them', async () => {
      const features = Array.from({ length: 3000 }, (_, n) => placedFeature(`p${n}`, { source }));
      await current().store.putComposition(testComposition(1), features);
      expect((await withPackage('openssl'))[0]?.features).toStrictEqual(features);
      expect((await withPackage('p2999'))[0]?.features).toStrictEqual([features[2999]]);
    });

    it('are returned in pieces of some thousand packages at most, until the caller stops, and again', async () => {
      const { store } = current();
      const many = Array.from({ length: 4100 }, (_, n) => placedFeature(`p${n}`, { source }));
      await store.putComposition(testComposition(1), many);
      await store.putComposition(testComposition(2), [library]);
      const [large, small, ...others] = await collect(store.compositionsWithPackage('dpkg', 'openssl'));
      expect(others).toEqual([]);
      for (let time = 0; time < 2; time += 1) {
        const pieces = await collect(large!.pieces());
        expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThanOrEqual(1024);
        expect(pieces.flat()).toStrictEqual(many);
      }
      expect(await collect(small!.pieces())).toStrictEqual([[library]]);
      for await (const piece of large!.pieces()) {
        expect(piece[0]).toStrictEqual(many[0]);
        break;
      }
      expect(await store.compositionFeatures(testComposition(1).id)).toStrictEqual(many);
    });

    it('are returned in smaller pieces if packages have long texts', async () => {
      const long = Array.from({ length: 100 }, (_, n) => placedFeature(`${n}-${'x'.repeat(16_000)}`, { source }));
      await current().store.putComposition(testComposition(1), long);
      const [composition] = await collect(current().store.compositionsWithPackage('dpkg', 'openssl'));
      const pieces = await collect(composition!.pieces());
      expect(pieces.length).toBeGreaterThan(2);
      expect(pieces.flat()).toStrictEqual(long);
    });

    it('are empty if they are removed in the meantime', async () => {
      const { store } = current();
      const many = Array.from({ length: 2500 }, (_, n) => placedFeature(`p${n}`, { source }));
      await store.putComposition(testComposition(1), many);
      await store.putComposition(testComposition(2), [library]);
      const prune = { before: '2999-01-01T00:00:00Z', keepFeeds: [] };
      const [large] = await collect(store.compositionsWithPackage('dpkg', 'openssl'));
      await store.prune(prune);
      expect((await collect(large!.pieces())).flat().length).toBeLessThanOrEqual(many.length);
      expect(await withPackage('openssl')).toEqual([]);
      expect(await store.compositionFeatures(testComposition(1).id)).toBeUndefined();
    });

    it('need not be read to the end', async () => {
      for (const seed of [1, 2, 3]) await current().store.putComposition(testComposition(seed), [library]);
      for await (const { composition } of current().store.compositionsWithPackage('dpkg', 'libssl3')) {
        expect(composition).toStrictEqual(testComposition(1));
        break;
      }
      await current().store.putComposition(testComposition(4), [library]);
      expect(await withPackage('libssl3')).toHaveLength(4);
    });

    it('are found by any name', async () => {
      const features = hostileNames.map((name) =>
        placedFeature(name, { source: { name: `${name}-src`, version: '' } }),
      );
      await current().store.putComposition(testComposition(1), features);
      for (const [n, name] of hostileNames.entries()) {
        const expected = [{ composition: testComposition(1), features: [features[n]] }];
        expect(await withPackage(name)).toStrictEqual(expected);
        expect(await withPackage(`${name}-src`)).toStrictEqual(expected);
      }
    });
  });

  describe('counts of compositions', () => {
    const put = async (seed: number, counts: Partial<SeverityCounts>) =>
      current().store.putCounts(testComposition(seed).id, { ...none, ...counts });
    const having = async (severity: (typeof severities)[number], limit = 100) =>
      everyPage((page) => current().store.compositionsWith(severity, page), limit);

    it('are those put last, of compositions that are known', async () => {
      const { store } = current();
      for (const seed of [1, 2]) await store.putComposition(testComposition(seed), []);
      await put(1, { High: 3, Low: 1 });
      await put(1, { High: 2 });
      await put(3, { Critical: 1 });
      expect(await store.counts([...idsOf(3, 2, 1), '__proto__'])).toEqual(
        new Map([[testComposition(1).id, { ...none, High: 2 }]]),
      );
      expect(await store.counts([])).toEqual(new Map());
      expect(await having('Critical')).toEqual([]);
    });

    it('are returned with their meaning', async () => {
      const { store } = current();
      const { id } = testComposition(1);
      await store.putComposition(testComposition(1), []);
      const lacking = [{ feed: '__proto__', missing: ['a.json', '__proto__'] }];
      for (const more of [{}, { undetermined: true }, { lacking, unrated: ['CVE-2023-', '__proto__-'] }, {}] as const) {
        await store.putCounts(id, { ...none, High: 1, ...more });
        expect(await store.counts([id])).toEqual(new Map([[id, { ...none, High: 1, ...more }]]));
        expect(await having('High')).toEqual([id]);
      }
    });

    it('are null if there was too much to count, and are found by every severity', async () => {
      const { store } = current();
      const { id } = testComposition(1);
      await store.putComposition(testComposition(1), []);
      for (const counts of [null, { ...none, Low: 1 }, null]) {
        await store.putCounts(id, counts);
        expect(await store.counts([id])).toEqual(new Map([[id, counts]]));
        expect(await having('Critical')).toEqual(counts === null ? [id] : []);
        expect(await having('Low')).toEqual([id]);
      }
    });

    it.each([1, 2, 5, 100])('list the compositions of a severity, in pages of %i', async (limit) => {
      const seeds = Array.from({ length: 12 }, (_, n) => n + 1);
      for (const seed of [...seeds].reverse()) await current().store.putComposition(testComposition(seed), []);
      for (const seed of seeds) await put(seed, { Critical: seed % 3, Low: 12 - seed });
      expect(await having('Critical', limit)).toEqual(idsOf(...seeds.filter((seed) => seed % 3 > 0)));
      expect(await having('Low', limit)).toEqual(idsOf(...seeds.slice(0, 11)));
      expect(await having('High', limit)).toEqual([]);
    });

    it('move a composition from one severity to another', async () => {
      await current().store.putComposition(testComposition(1), []);
      for (const severity of severities) {
        await put(1, { [severity]: 1 });
        for (const one of severities) expect(await having(one)).toEqual(one === severity ? idsOf(1) : []);
      }
      await put(1, {});
      for (const one of severities) expect(await having(one)).toEqual([]);
    });
  });
}
