import type { AdvisoryGroup } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { hashesOf, testFeedState, testGroup, testText, updateFeed } from './store-contract-facts';
import { hostileNames } from './store-contract-names';

const openssl = ['debian:12', 'openssl'] as const;

/** Advisories, vulnerabilities and feed states. */
export function describeAdvisoryStore(current: CurrentStore): void {
  describe('advisories', () => {
    it('is empty at first', async () => {
      const { store } = current();
      expect(await store.advisories([openssl])).toEqual([]);
      expect(await store.vulnerability('CVE-2024-0001')).toBeUndefined();
      expect(await store.feedStates()).toEqual([]);
      expect(await hashesOf(store, 'feed-a', 'main')).toEqual([]);
    });

    it('shows nothing before the commit and everything after it', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const writer = await store.writeFeed('feed-a');
      await writer.put(testGroup('openssl'), 'h1');
      await writer.putText(testText('CVE-2024-0001', 'feed-a', 'a flaw'));
      for (const reader of [store, other]) {
        expect(await reader.advisories([openssl])).toEqual([]);
        expect(await reader.vulnerability('CVE-2024-0001')).toBeUndefined();
        expect(await reader.feedStates()).toEqual([]);
        expect(await hashesOf(reader, 'feed-a', 'main')).toEqual([]);
      }
      await writer.commit(testFeedState('feed-a'));
      await new Promise(setImmediate);
      for (const reader of [store, other]) {
        expect(await reader.advisories([openssl])).toStrictEqual([testGroup('openssl')]);
        expect((await reader.vulnerability('CVE-2024-0001'))?.texts).toHaveLength(1);
        expect(await reader.feedStates()).toStrictEqual([testFeedState('feed-a')]);
        expect(await hashesOf(reader, 'feed-a', 'main')).toEqual(['debian:12/openssl/feed-a/main=h1']);
      }
      await other.close();
    });

    it('returns all groups of each name, in the order of the names', async () => {
      const { store } = current();
      for (const feed of ['feed-b', 'feed-a']) {
        await updateFeed(store, feed, async (writer) => {
          for (const name of ['zlib', 'openssl', 'open']) await writer.put(testGroup(name, { feed }), 'h');
          await writer.put(testGroup('openssl', { feed, document: 'other' }), 'h');
          await writer.put(testGroup('openssl', { feed, namespace: 'debian:1' }), 'h');
        });
      }
      const found = await store.advisories([['debian:12', 'zlib'], ['debian:12', 'none'], openssl]);
      expect(found.map((group) => `${group.namespace} ${group.package} ${group.feed} ${group.document}`)).toEqual([
        'debian:12 zlib feed-a main',
        'debian:12 zlib feed-b main',
        'debian:12 openssl feed-a main',
        'debian:12 openssl feed-a other',
        'debian:12 openssl feed-b main',
        'debian:12 openssl feed-b other',
      ]);
    });

    it('lists the names of the packages of a namespace', async () => {
      const { store } = current();
      expect(await store.packageNames('maven')).toEqual([]);
      for (const feed of ['feed-b', 'feed-a']) {
        await updateFeed(store, feed, async (writer) => {
          for (const name of ['g:b', 'g:a', 'h:a'])
            await writer.put(testGroup(name, { feed, namespace: 'maven' }), 'h');
          await writer.put(testGroup('c', { feed, namespace: 'maven:9' }), 'h');
        });
      }
      expect(await store.packageNames('maven')).toEqual(['g:a', 'g:b', 'h:a']);
      expect(await store.packageNames('mave')).toEqual([]);
    });

    it('replaces and removes groups, and leaves those that were not mentioned', async () => {
      const { store } = current();
      await updateFeed(store, 'feed-a', async (writer) => {
        for (const name of ['kept', 'changed', 'removed']) await writer.put(testGroup(name), 'h1');
      });
      const changed = testGroup('changed', { advisories: [] });
      await updateFeed(store, 'feed-a', async (writer) => {
        await writer.put(changed, 'h2');
        await writer.remove(testGroup('removed'));
        await writer.remove(testGroup('never stored'));
      });
      expect(
        await store.advisories([
          ['debian:12', 'kept'],
          ['debian:12', 'changed'],
          ['debian:12', 'removed'],
        ]),
      ).toStrictEqual([testGroup('kept'), changed]);
      expect(await hashesOf(store, 'feed-a', 'main')).toEqual([
        'debian:12/changed/feed-a/main=h2',
        'debian:12/kept/feed-a/main=h1',
      ]);
    });

    it.each([
      ['put, then remove', ['put', 'remove'], 0],
      ['remove, then put', ['remove', 'put'], 1],
    ])('applies the last operation on a group: %s', async (_, steps, count) => {
      const { store } = current();
      await updateFeed(store, 'feed-a', async (writer) => {
        for (const step of steps) {
          await (step === 'put' ? writer.put(testGroup('openssl'), 'h') : writer.remove(testGroup('openssl')));
        }
      });
      expect(await store.advisories([openssl])).toHaveLength(count);
      expect(await hashesOf(store, 'feed-a', 'main')).toHaveLength(count);
    });

    it('keeps the hashes of documents and feeds apart', async () => {
      const { store } = current();
      await updateFeed(store, 'feed-a', async (writer) => {
        await writer.put(testGroup('one'), 'h1');
        await writer.put(testGroup('two', { document: 'main/2' }), 'h2');
      });
      await updateFeed(store, 'feed', (writer) => writer.put(testGroup('three', { feed: 'feed' }), 'h3'));
      expect(await hashesOf(store, 'feed-a', 'main')).toEqual(['debian:12/one/feed-a/main=h1']);
      expect(await hashesOf(store, 'feed-a', 'main/2')).toEqual(['debian:12/two/feed-a/main/2=h2']);
      expect(await hashesOf(store, 'feed', 'main')).toEqual(['debian:12/three/feed/main=h3']);
    });

    it('finds every name that a stranger may choose, and never another instead', async () => {
      const { store } = current();
      const groups = hostileNames.flatMap((name): AdvisoryGroup[] => [
        testGroup(name),
        testGroup('p', { namespace: name }),
      ]);
      await updateFeed(store, 'feed-a', async (writer) => {
        for (const group of groups) await writer.put(group, `hash of ${group.namespace} ${group.package}`);
      });
      for (const group of groups) {
        expect(await store.advisories([[group.namespace, group.package]])).toStrictEqual([group]);
      }
      // All at once too, mixed with names without advisories.
      const names = groups.map((group) => [group.namespace, group.package] as const);
      const asked = [...names, ...names.map(([namespace, name]) => [namespace, `${name}0`] as const)].reverse();
      const stored = new Map(groups.map((group) => [`${group.namespace}\0${group.package}`, group]));
      const matching = asked.flatMap(([namespace, name]) => stored.get(`${namespace}\0${name}`) ?? []);
      expect(await store.advisories(asked)).toStrictEqual(matching);
      const inDebian = groups.filter(({ namespace }) => namespace === 'debian:12').map((group) => group.package);
      expect(await store.packageNames('debian:12')).toEqual([...inDebian].sort());
      for (const name of hostileNames) expect(await store.packageNames(name)).toEqual(['p']);
      const expected = groups.map((g) => `${g.namespace}/${g.package}/feed-a/main=hash of ${g.namespace} ${g.package}`);
      expect(await hashesOf(store, 'feed-a', 'main')).toEqual(expected.sort());
    });

    it('stores a group of thousands of advisories', async () => {
      const { store } = current();
      const advisories = Array.from({ length: 20_000 }, (_, n) => ({
        id: `CVE-2024-${n}`,
        state: 'affected' as const,
      }));
      const kernel = testGroup('linux', { advisories });
      await updateFeed(store, 'feed-a', (writer) => writer.put(kernel, 'h'));
      expect(await store.advisories([['debian:12', 'linux']])).toStrictEqual([kernel]);
    });

    it('merges the texts of all feeds', async () => {
      const { store } = current();
      for (const feed of ['feed-b', 'feed-a']) {
        await updateFeed(store, feed, (writer) => writer.putText(testText('CVE-1', feed, `by ${feed}`)));
      }
      await updateFeed(store, 'feed-a', (writer) => writer.putText(testText('CVE-1', 'feed-a', 'corrected')));
      expect(await store.vulnerability('CVE-1')).toStrictEqual({
        id: 'CVE-1',
        texts: [testText('CVE-1', 'feed-a', 'corrected'), testText('CVE-1', 'feed-b', 'by feed-b')],
      });
      expect(await store.vulnerability('CVE-11')).toBeUndefined();
    });

    it('returns known vulnerabilities in the requested order', async () => {
      const { store } = current();
      await updateFeed(store, 'feed-a', async (writer) => {
        for (const id of ['CVE-1', 'CVE-2', '__proto__']) await writer.putText(testText(id, 'feed-a', id));
      });
      const found = await store.vulnerabilities(['CVE-2', 'CVE-3', '__proto__', 'CVE-1']);
      expect(found.map(({ id }) => id)).toEqual(['CVE-2', '__proto__', 'CVE-1']);
      expect(found[0]).toStrictEqual(await store.vulnerability('CVE-2'));
      expect(await store.vulnerabilities([])).toEqual([]);
    });

    it('returns all groups of one document of a feed', async () => {
      const { store } = current();
      const names = ['zlib', '__proto__', 'x'.repeat(5000)];
      await updateFeed(store, 'feed-a', async (writer) => {
        for (const name of names) await writer.put(testGroup(name), 'h');
        await writer.put(testGroup('other', { document: 'other' }), 'h');
      });
      const found: AdvisoryGroup[] = [];
      for await (const group of store.groups('feed-a', 'main')) found.push(group);
      expect(found.map((group) => group.package).sort()).toEqual([...names].sort());
      expect(found).toEqual(expect.arrayContaining(names.map((name) => testGroup(name))));
    });

    it('lists the records of all feeds and of one, and drops those that a feed removes', async () => {
      const { store } = current();
      for (const feed of ['feed-b', 'feed-a']) {
        await updateFeed(store, feed, async (writer) => {
          for (const id of ['CVE-2', 'CVE-1']) await writer.putText(testText(id, feed, id));
        });
      }
      await updateFeed(store, 'feed-a', (writer) => writer.removeText('CVE-1'));
      const found: string[] = [];
      for await (const { id, feed } of store.texts()) found.push(`${id} ${feed}`);
      expect(found.sort()).toEqual(['CVE-1 feed-b', 'CVE-2 feed-a', 'CVE-2 feed-b']);
      const ofOne: string[] = [];
      for await (const { id } of store.texts('feed-a')) ofOne.push(id);
      expect(ofOne).toEqual(['CVE-2']);
    });

    it('keeps scores in addition to records, in any order, and removes them with their feed', async () => {
      const { store, reopen } = current();
      const score = (id: string, value: number) => ({ feed: 'scores', id, epss: { score: value, date: '2026-01-01' } });
      const ids = ['CVE-2024-1000', 'CVE-2024-1001', 'CVE-2024-10001', '__proto__', 'x', ''];
      await updateFeed(store, 'feed-a', (writer) => writer.putText(testText('CVE-2024-1000', 'feed-a', 'a')));
      await updateFeed(store, 'scores', async (writer) => {
        for (const [index, id] of ids.entries()) await writer.putText(score(id, index));
      });
      expect((await store.vulnerabilities(ids)).flatMap(({ texts }) => texts.map(({ epss }) => epss?.score))).toEqual([
        ...[undefined, 0, 1, 2, 3, 4, 5],
      ]);
      await updateFeed(store, 'scores', async (writer) => {
        await writer.putText(score('CVE-2024-1001', 7));
        await writer.removeText('CVE-2024-1000');
        await writer.putText({ ...score('CVE-2024-10001', 8), description: 'more' });
        await writer.removeText('never stored');
      });
      const other = await reopen();
      const all: string[] = [];
      for await (const { id, feed, epss, description } of other.texts('scores')) {
        all.push(`${id} ${feed} ${epss?.score ?? ''} ${epss?.date ?? ''} ${description ?? ''}`);
      }
      await other.close();
      expect(all.sort()).toEqual([
        ' scores 5 2026-01-01 ',
        'CVE-2024-10001 scores 8 2026-01-01 more',
        'CVE-2024-1001 scores 7 2026-01-01 ',
        '__proto__ scores 3 2026-01-01 ',
        'x scores 4 2026-01-01 ',
      ]);
      await updateFeed(store, 'scores', (writer) => writer.putText(score('CVE-2024-10001', 9)));
      expect(await store.vulnerability('CVE-2024-10001')).toStrictEqual({
        id: 'CVE-2024-10001',
        texts: [score('CVE-2024-10001', 9)],
      });
      await store.prune({ before: '2000-01-01T00:00:00Z', keepFeeds: ['feed-a'] });
      expect(await store.vulnerabilities(ids)).toHaveLength(1);
    });

    it('commits several feeds together, and none of them if one is not allowed', async () => {
      const { store } = current();
      const start = async (feed: string) => {
        const writer = await store.writeFeed(feed);
        await writer.put(testGroup('openssl', { feed }), 'h');
        return { writer, state: testFeedState(feed) };
      };
      await store.commitFeeds([await start('feed-a'), await start('feed-b')]);
      expect((await store.advisories([openssl])).map(({ feed }) => feed)).toEqual(['feed-a', 'feed-b']);
      const wrong = { ...(await start('feed-d')), state: testFeedState('feed-e') };
      await expect(store.commitFeeds([await start('feed-c'), wrong])).rejects.toMatchObject({ code: 'invalid-input' });
      expect(await store.advisories([openssl])).toHaveLength(2);
      // The writers have ended: their feeds are free.
      for (const feed of ['feed-a', 'feed-c', 'feed-d']) await (await store.writeFeed(feed)).abort();
      await store.commitFeeds([]);
    });

    it('keeps the repositories of feeds, and replaces them', async () => {
      const { store } = current();
      const repository = { feed: 'feed-a', repository: 'rhel-9-baseos', cpes: ['cpe:/o:redhat:enterprise_linux:9'] };
      await updateFeed(store, 'feed-a', async (writer) => {
        await writer.putRepository({ ...repository, cpes: [] });
        await writer.putRepository({ ...repository, repository: 'rhel-9' });
      });
      await updateFeed(store, 'feed-a', (writer) => writer.putRepository(repository));
      expect(await store.repositories(['unknown', 'rhel-9-baseos'])).toStrictEqual([repository]);
      expect((await store.repositories(['rhel-9-baseos', 'rhel-9'])).map((found) => found.repository)).toEqual([
        'rhel-9-baseos',
        'rhel-9',
      ]);
      const all: string[] = [];
      for await (const found of store.allRepositories()) all.push(found.repository);
      expect(all).toEqual(['rhel-9', 'rhel-9-baseos']);
      await updateFeed(store, 'feed-b', (writer) => writer.removeRepository('rhel-9'));
      expect(await store.repositories(['rhel-9'])).toHaveLength(1);
      await updateFeed(store, 'feed-a', (writer) => writer.removeRepository('rhel-9'));
      expect(await store.repositories(['rhel-9', 'rhel-9-baseos'])).toStrictEqual([repository]);
    });
  });
}
