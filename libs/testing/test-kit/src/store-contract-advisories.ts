import type { AdvisoryGroup, FeedState } from '@clarion/model';

import type { CurrentStore } from './store-contract';
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

    it('gives all groups of each name, in the order of the names', async () => {
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
    ])('lets the last word about a group count: %s', async (_, steps, count) => {
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

    it('finds every name that a stranger may choose, and none in place of another', async () => {
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
      // All at once too, with names between them that nobody speaks of.
      const names = groups.map((group) => [group.namespace, group.package] as const);
      const asked = [...names, ...names.map(([namespace, name]) => [namespace, `${name}0`] as const)].reverse();
      const stored = new Map(groups.map((group) => [`${group.namespace}\0${group.package}`, group]));
      const wanted = asked.flatMap(([namespace, name]) => stored.get(`${namespace}\0${name}`) ?? []);
      expect(await store.advisories(asked)).toStrictEqual(wanted);
      const expected = groups.map((g) => `${g.namespace}/${g.package}/feed-a/main=hash of ${g.namespace} ${g.package}`);
      expect(await hashesOf(store, 'feed-a', 'main')).toEqual(expected.sort());
    });

    it('stores a group of thousands of statements', async () => {
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

    it('gives vulnerabilities in the order asked for, those known', async () => {
      const { store } = current();
      await updateFeed(store, 'feed-a', async (writer) => {
        for (const id of ['CVE-1', 'CVE-2', '__proto__']) await writer.putText(testText(id, 'feed-a', id));
      });
      const found = await store.vulnerabilities(['CVE-2', 'CVE-3', '__proto__', 'CVE-1']);
      expect(found.map(({ id }) => id)).toEqual(['CVE-2', '__proto__', 'CVE-1']);
      expect(found[0]).toStrictEqual(await store.vulnerability('CVE-2'));
      expect(await store.vulnerabilities([])).toEqual([]);
    });

    it('gives all groups of one document of a feed', async () => {
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

    it('lists the texts of all feeds and of one, and forgets those that a feed removes', async () => {
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

    it('keeps scores beside texts, whichever came first, and forgets them with their feed', async () => {
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

    it('commits several feeds together, and none of them when one may not', async () => {
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

    it('keeps what feeds say about repositories, and replaces it', async () => {
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

  describeUpdates(current);
}

function describeUpdates(current: CurrentStore): void {
  describe('updates of feeds', () => {
    it('leaves the facts as they were when an update is aborted', async () => {
      const { store } = current();
      await updateFeed(store, 'feed-a', (writer) => writer.put(testGroup('openssl'), 'h1'));
      const writer = await store.writeFeed('feed-a');
      await writer.put(testGroup('openssl', { advisories: [] }), 'h2');
      await writer.put(testGroup('zlib'), 'h2');
      await writer.abort();
      expect(await store.advisories([openssl, ['debian:12', 'zlib']])).toStrictEqual([testGroup('openssl')]);
      expect(await hashesOf(store, 'feed-a', 'main')).toEqual(['debian:12/openssl/feed-a/main=h1']);
    });

    it('forgets what an aborted update staged', async () => {
      const { store } = current();
      const aborted = await store.writeFeed('feed-a');
      await aborted.put(testGroup('openssl'), 'h');
      await aborted.abort();
      await updateFeed(store, 'feed-a', (writer) => writer.put(testGroup('zlib'), 'h'));
      expect(await store.advisories([openssl])).toEqual([]);
    });

    it('shows several feeds that are committed together as they were or as they are, whatever is asked', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const feeds = ['feed-a', 'feed-b'];
      const count = 60;
      const name = (n: number) => `p${n}`;
      const stage = async (feed: string, generation: number) => {
        const writer = await store.writeFeed(feed);
        for (let n = 0; n < count; n += 1) {
          // Each generation has packages that the next one has no more.
          const group = testGroup(name(n + generation), { feed, advisories: [advisoryOf(generation)] });
          await writer.put(group, String(generation));
        }
        if (generation > 1) await writer.remove(testGroup(name(generation - 1), { feed }));
        await writer.putText(testText('CVE-1', feed, String(generation)));
        await writer.putText({ feed, id: 'CVE-2024-1234', epss: { score: generation } });
        await writer.putRepository({ feed, repository: 'r', cpes: [String(generation)] });
        return { writer, state: testFeedState(feed, { lastChange: String(generation) }) };
      };
      const update = async (generation: number) => {
        await store.commitFeeds([await stage('feed-a', generation), await stage('feed-b', generation)]);
      };
      await update(1);
      const writing = { done: false };
      const seen: (readonly string[])[] = [];
      const names = Array.from({ length: count + 6 }, (_, n) => ['debian:12', name(n)] as const);
      const reading = (async () => {
        while (!writing.done) {
          const groups = await other.advisories(names);
          seen.push([...groups.map(({ advisories }) => advisories[0]?.id ?? ''), `groups ${groups.length}`]);
          seen.push((await other.feedStates()).map(({ lastChange }) => lastChange ?? ''));
          const [text, score] = await other.vulnerabilities(['CVE-1', 'CVE-2024-1234']);
          seen.push([
            ...(text?.texts ?? []).map(({ description }) => description ?? ''),
            ...(score?.texts ?? []).map(({ epss }) => String(epss?.score)),
          ]);
          seen.push((await other.repositories(['r'])).flatMap(({ cpes }) => cpes));
          const mentioned = await Promise.all([1, 2, 3, 4].map((n) => other.packagesOf(advisoryOf(n).id)));
          expect(mentioned.every(({ length }) => length === 0 || length === count)).toBe(true);
        }
      })();
      try {
        for (const generation of [2, 3, 4]) await update(generation);
      } finally {
        writing.done = true;
        await reading;
        await other.close();
      }
      expect(seen.length).toBeGreaterThan(3);
      for (const answer of seen) {
        expect(new Set(answer.filter((one) => !one.startsWith('groups '))).size).toBe(1);
        const counted = answer.find((one) => one.startsWith('groups '));
        if (counted !== undefined) expect(counted).toBe(`groups ${feeds.length * count}`);
      }
      expect(new Set((await store.feedStates()).map(({ lastChange }) => lastChange))).toEqual(new Set(['4']));
    });

    it('allows one writer a feed, here and elsewhere, and several feeds at once', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const writer = await store.writeFeed('feed-a');
      for (const second of [store, other]) {
        await expect(second.writeFeed('feed-a')).rejects.toMatchObject({
          name: 'ClarionError',
          code: 'invalid-input',
          remedy: expect.any(String) as string,
        });
      }
      const elsewhere = await other.writeFeed('feed-b');
      await elsewhere.put(testGroup('openssl', { feed: 'feed-b' }), 'h');
      await writer.put(testGroup('openssl'), 'h');
      await elsewhere.commit(testFeedState('feed-b'));
      await writer.commit(testFeedState('feed-a'));
      await (await other.writeFeed('feed-a')).abort();
      await other.close();
      expect(await store.advisories([openssl])).toHaveLength(2);
    });

    it.each(['commit', 'abort'] as const)('accepts nothing after %s', async (end) => {
      const { store } = current();
      const writer = await store.writeFeed('feed-a');
      await (end === 'commit' ? writer.commit(testFeedState('feed-a')) : writer.abort());
      const refused = { code: 'invalid-input' };
      await expect(writer.put(testGroup('openssl'), 'h')).rejects.toMatchObject(refused);
      await expect(writer.commit(testFeedState('feed-a'))).rejects.toMatchObject(refused);
      await writer.abort();
      expect(await store.advisories([openssl])).toEqual([]);
    });

    it('refuses facts and the state of another feed', async () => {
      const { store } = current();
      const writer = await store.writeFeed('feed-a');
      const refused = { code: 'invalid-input' };
      await expect(writer.put(testGroup('openssl', { feed: 'feed-b' }), 'h')).rejects.toMatchObject(refused);
      await expect(writer.remove(testGroup('openssl', { feed: 'feed-b' }))).rejects.toMatchObject(refused);
      await expect(writer.putText(testText('CVE-1', 'feed-b', ''))).rejects.toMatchObject(refused);
      await expect(writer.putRepository({ feed: 'feed-b', repository: 'r', cpes: [] })).rejects.toMatchObject(refused);
      await expect(writer.commit(testFeedState('feed-b'))).rejects.toMatchObject(refused);
      expect(await store.feedStates()).toEqual([]);
    });

    it('records a failed attempt without touching facts', async () => {
      const { store } = current();
      await updateFeed(store, 'feed-a', (writer) => writer.put(testGroup('openssl'), 'h'));
      const failed = testFeedState('feed-a', { lastError: 'no answer', lastAttempt: '2024-03-02T10:00:00Z' });
      await store.putFeedState(failed);
      expect(await store.feedStates()).toStrictEqual([failed]);
      expect(await store.advisories([openssl])).toHaveLength(1);
    });

    it('gives the states of all feeds by feed id, with documents of any name', async () => {
      const { store } = current();
      const document = { validators: { lastModified: 'x' }, groups: 2, namespaces: ['npm'] };
      const documents = JSON.parse(`{"__proto__":${JSON.stringify(document)}}`) as FeedState['documents'];
      const states = [testFeedState('a', { documents }), testFeedState('b', { documents: {} }), testFeedState('c')];
      for (const state of [...states].reverse()) await store.putFeedState(state);
      const found = await store.feedStates();
      expect(found.map(({ feed }) => feed)).toEqual(['a', 'b', 'c']);
      expect(Object.entries(found[0]!.documents)).toEqual([['__proto__', document]]);
      expect(found.slice(1)).toStrictEqual(states.slice(1));
    });
  });
}

function advisoryOf(generation: number) {
  return { id: `CVE-2000-${generation}`, state: 'affected' as const };
}
