import type { LoggedChange } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import {
  commitUpdate,
  groupChange,
  inAnyOrder,
  nameOf,
  repositoryChange,
  textChange,
  updateId,
  writtenIn,
} from './store-contract-history-facts';
import { hostileNames } from './store-contract-names';
import { collect, testChange } from './store-contract-service-facts';

const everything: ReadonlyMap<string, string> = new Map();
const openssl = ['debian:12', 'openssl'] as const;
const zlib = ['debian:12', 'zlib'] as const;

/** The log of changes by what they are about. */
export function describeLog(current: CurrentStore): void {
  const commit = async (feed: string, n: number, ...changes: readonly LoggedChange[]) =>
    commitUpdate(current().store, feed, n, { changes });

  describe('log of changes', () => {
    it('has the changes of each kind as they were put', async () => {
      const { store } = current();
      const advisories = testChange({
        epochs: 'auto',
        before: [{ id: 'CVE-2024-0001', state: 'affected', scope: { architectures: ['__proto__'] } }],
      });
      const silent = testChange({ package: 'zlib', silent: true });
      const text = textChange({ after: { feed: 'feed-a', id: 'CVE-2024-0001', description: 'größe '.repeat(500) } });
      const group = groupChange({ before: { nameKind: 'binary', scheme: 'rpm', epochs: 'auto' }, after: null });
      const repository = repositoryChange({ before: ['a', 'b'], after: null });
      await commit('feed-a', 1, advisories, silent, text, group, repository);
      expect(inAnyOrder(await collect(store.packageChanges([openssl], everything)))).toStrictEqual(
        inAnyOrder([writtenIn(1, advisories), writtenIn(1, group)]),
      );
      expect(await collect(store.packageChanges([zlib], everything))).toStrictEqual([writtenIn(1, silent)]);
      expect(await collect(store.groupChanges('debian:12', everything))).toStrictEqual([writtenIn(1, group)]);
      expect(await collect(store.textChanges(['CVE-2024-0001'], everything))).toStrictEqual([writtenIn(1, text)]);
      expect(await collect(store.repositoryChanges(['baseos'], everything))).toStrictEqual([writtenIn(1, repository)]);
      expect(inAnyOrder(await collect(store.vulnerabilityChanges('CVE-2024-0001')))).toStrictEqual(
        inAnyOrder([writtenIn(1, advisories), writtenIn(1, silent), writtenIn(1, text)]),
      );
    });

    it('names what some updates changed, and nothing that others did', async () => {
      const { store } = current();
      const long = 'y'.repeat(3000);
      await commit('feed-a', 1, testChange(), textChange(), groupChange(), repositoryChange());
      await commit('feed-b', 2, testChange({ package: 'other' }), textChange({ vulnerability: 'OTHER' }));
      await commit('feed-a', 3, testChange({ package: long }), textChange({ vulnerability: 'größe' }));
      await commit(
        'feed-a',
        4,
        groupChange({ namespace: 'alpine:any', package: 'a\tb' }),
        repositoryChange({ repository: '' }),
      );
      await commit('feed-a', 5, textChange({ vulnerability: 'NEXT' }));
      const names = await store.changedFacts(
        [3, 4].map((n) => ['feed-a', updateId(n)]),
        99,
      );
      expect({ ...names, packages: inAnyOrder(names?.packages ?? []) }).toStrictEqual({
        packages: inAnyOrder([
          ['debian:12', long],
          ['alpine:any', 'a\tb'],
        ]),
        ...{ namespaces: ['alpine:any'], vulnerabilities: ['größe'], repositories: [''], scores: false },
      });
      const none = { packages: [], namespaces: [], vulnerabilities: [], repositories: [], scores: false };
      expect(
        await store.changedFacts(
          [
            ['feed-b', updateId(3)],
            ['feed-a', updateId(6)],
          ],
          99,
        ),
      ).toStrictEqual(none);
      const first = [['feed-a', updateId(1)]] as const;
      expect((await store.changedFacts(first, 4))?.packages.length).toBe(2);
      expect(await store.changedFacts(first, 3)).toBeUndefined();
    });

    it('says whether scores changed that it does not name', async () => {
      const { store } = current();
      const record = (score: number) => ({ feed: 'feed-a', id: 'CVE-2024-0001', epss: { score, percentile: 0.5 } });
      await commit('feed-a', 1, textChange({ silent: true, before: record(0.1), after: record(0.2) }));
      await commit('feed-a', 2, textChange());
      const scoresOf = async (n: number) => (await store.changedFacts([['feed-a', updateId(n)]], 1))?.scores;
      expect([await scoresOf(1), await scoresOf(2)]).toEqual([true, false]);
    });

    it('has nothing of other names', async () => {
      const { store } = current();
      await commit('feed-a', 1, testChange(), textChange(), groupChange(), repositoryChange());
      const names = [
        ['debian:12', 'openssl-tool'],
        ['debian:1', 'openssl'],
        ['debian:12\topenssl', 'x'],
      ] as const;
      expect(await collect(store.packageChanges(names, everything))).toEqual([]);
      expect(await collect(store.packageChanges([], everything))).toEqual([]);
      expect(await collect(store.groupChanges('debian:1', everything))).toEqual([]);
      expect(await collect(store.textChanges(['CVE-2024-000', 'CVE-2024-00011'], everything))).toEqual([]);
      expect(await collect(store.repositoryChanges(['baseo', 'baseos2'], everything))).toEqual([]);
      expect(await collect(store.vulnerabilityChanges('CVE-2024-000'))).toEqual([]);
    });

    it('never publishes silent changes', async () => {
      const { store } = current();
      const silent = testChange({ silent: true });
      const text = textChange({ silent: true, vulnerability: 'CVE-2024-0002' });
      await commit('feed-a', 1, silent, text, groupChange(), repositoryChange());
      expect(await store.pendingChanges(9)).toEqual([]);
      const loud = testChange({ package: 'zlib' });
      await commit('feed-a', 2, silent, loud);
      expect(await store.pendingChanges(9)).toEqual([{ update: updateId(2), vulnerability: 'CVE-2024-0001' }]);
      const changed = { update: updateId(2), vulnerability: 'CVE-2024-0001' };
      expect(await collect(store.changes(changed))).toStrictEqual([writtenIn(2, loud)]);
      expect(await collect(store.changes({ ...changed, update: updateId(1) }))).toEqual([]);
    });

    it('keeps the last of two changes of one thing', async () => {
      const { store } = current();
      const other = [{ id: 'CVE-2024-0001', state: 'not_affected' }] as const;
      await commit('feed-a', 1, testChange({ silent: true }), testChange({ before: other }));
      await commit('feed-a', 2, testChange(), testChange({ before: other, silent: true }));
      expect(await collect(store.packageChanges([openssl], everything))).toStrictEqual([
        writtenIn(1, testChange({ before: other })),
        writtenIn(2, testChange({ before: other, silent: true })),
      ]);
      const changed = { update: updateId(2), vulnerability: 'CVE-2024-0001' };
      expect(await collect(store.changes(changed))).toEqual([]);
    });

    it('is in the order of updates, whatever the order and times of commits of feeds', async () => {
      const { store } = current();
      await commitUpdate(store, 'feed-b', 1, { at: '2024-03-01T23:00:00Z', changes: [testChange(), textChange()] });
      await commitUpdate(store, 'feed-b', 10, { at: '2024-03-01T09:00:00Z', changes: [testChange(), textChange()] });
      await commit('feed-a', 7, testChange(), textChange());
      await commit('feed-a', 20, testChange(), textChange());
      const of = async (feed: string) =>
        (await collect(store.packageChanges([openssl], everything))).filter((one) => one.feed === feed).map(nameOf);
      expect(await of('feed-a')).toEqual(['7 feed-a openssl CVE-2024-0001', '20 feed-a openssl CVE-2024-0001']);
      expect(await of('feed-b')).toEqual(['1 feed-b openssl CVE-2024-0001', '10 feed-b openssl CVE-2024-0001']);
      const texts = (await collect(store.textChanges(['CVE-2024-0001'], everything))).map(nameOf);
      expect(texts.filter((name) => name.includes('feed-b'))).toEqual(
        ['1', '10'].map((n) => `${n} feed-b CVE-2024-0001`),
      );
      expect(texts).toHaveLength(4);
    });

    it('is read from behind an update of each feed; of feeds without one completely', async () => {
      const { store } = current();
      const all = () => [testChange(), groupChange(), textChange(), repositoryChange()];
      for (const n of [1, 2, 3, 4]) {
        await commit('feed-a', n, ...all());
        await commit('feed-b', n, ...all());
      }
      const asked: readonly (readonly [ReadonlyMap<string, string>, string])[] = [
        [everything, 'a1 a2 a3 a4 b1 b2 b3 b4'],
        [new Map([['feed-a', updateId(2)]]), 'a3 a4 b1 b2 b3 b4'],
        [new Map(Object.entries({ 'feed-a': updateId(4), 'feed-b': updateId(3) })), 'b4'],
        [
          new Map(Object.entries({ 'feed-a': updateId(9), 'feed-b': updateId(0), 'feed-c': updateId(1) })),
          'b1 b2 b3 b4',
        ],
        [new Map(Object.entries({ 'feed-a': updateId(1), 'feed-b': `${updateId(3)}x` })), 'a2 a3 a4 b4'],
      ];
      for (const [since, expected] of asked) {
        const found = await Promise.all([
          collect(store.packageChanges([openssl], since)),
          collect(store.groupChanges('debian:12', since)),
          collect(store.textChanges(['CVE-2024-0001'], since)),
          collect(store.repositoryChanges(['baseos'], since)),
          collect(store.vulnerabilityChanges('CVE-2024-0001', since)),
        ]);
        for (const changes of found) {
          const names = changes.map(({ feed, update }) => `${feed.slice(-1)}${Number(update.slice(-12))}`);
          expect([...new Set(names)].sort().join(' ')).toBe(expected);
        }
      }
    });

    it('has the first change of each thing behind an update, also among many changes of packages', async () => {
      const { store } = current();
      for (const n of [1, 2, 3]) {
        for (const feed of ['feed-a', 'feed-b']) {
          const many = Array.from({ length: 300 }, (_, at) => testChange({ vulnerability: `CVE-2024-${1000 + at}` }));
          await commit(feed, n, ...many, groupChange(), testChange({ package: 'zlib' }));
        }
      }
      const since = new Map([['feed-a', updateId(1)]]);
      const found = await collect(store.packageChanges([openssl, zlib], since, { firstOnly: true }));
      const first = new Map<string, string>();
      for (const change of found) {
        const of = 'vulnerability' in change ? change.vulnerability : '';
        const thing = `${change.feed} ${change.package} ${of}`;
        if (!first.has(thing)) first.set(thing, change.update);
      }
      expect(first.size).toBe(2 * (300 + 1 + 1));
      for (const [thing, update] of first) expect(update).toBe(updateId(thing.startsWith('feed-a') ? 2 : 1));
    });

    it('yields what is asked for twice, or in another order, too', async () => {
      const { store } = current();
      await commit('feed-a', 1, testChange(), testChange({ package: 'zlib' }), testChange({ package: 'a' }));
      const names = [zlib, ['debian:12', 'missing'], openssl, zlib] as const;
      const found = (await collect(store.packageChanges(names, everything))).map(nameOf);
      expect([...new Set(found)].sort()).toEqual(['1 feed-a openssl CVE-2024-0001', '1 feed-a zlib CVE-2024-0001']);
    });

    it('is about things of any name', async () => {
      const { store } = current();
      const changes = hostileNames.flatMap((name): readonly LoggedChange[] => [
        testChange({ namespace: name, package: name, document: name, vulnerability: name }),
        textChange({ vulnerability: name }),
        groupChange({ namespace: name, package: name, document: name }),
        repositoryChange({ repository: name }),
      ]);
      await commit('größe #feed', 1, ...changes);
      for (const name of hostileNames) {
        const found = [
          ...(await collect(store.packageChanges([[name, name]], everything))),
          ...(await collect(store.textChanges([name], everything))),
          ...(await collect(store.repositoryChanges([name], everything))),
        ];
        const expected = changes.slice(hostileNames.indexOf(name) * 4).slice(0, 4);
        expect(inAnyOrder(found)).toStrictEqual(inAnyOrder(expected.map((one) => writtenIn(1, one, 'größe #feed'))));
        expect(await collect(store.groupChanges(name, everything))).toHaveLength(1);
        expect(await collect(store.vulnerabilityChanges(name))).toHaveLength(2);
      }
      const since = new Map([['größe #feed', updateId(1)]]);
      const names = hostileNames.map((name) => [name, name] as const);
      expect(await collect(store.packageChanges(names, since))).toEqual([]);
    });
  });
}
