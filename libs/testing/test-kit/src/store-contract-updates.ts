import { randomBytes } from 'node:crypto';
import type { FeedState } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { hashesOf, testFeedState, testGroup, testText, updateFeed } from './store-contract-facts';
import { commitUpdate, updateId } from './store-contract-history-facts';

const openssl = ['debian:12', 'openssl'] as const;

/** Updates of feeds: what is visible and when, who may write, and the stored outcome. */
export function describeFeedUpdates(current: CurrentStore): void {
  describe('updates of feeds', () => {
    it('does not change facts when an update is aborted', async () => {
      const { store } = current();
      await updateFeed(store, 'feed-a', (writer) => writer.put(testGroup('openssl'), 'h1'));
      const writer = await store.writeFeed('feed-a');
      await writer.put(testGroup('openssl', { advisories: [] }), 'h2');
      await writer.put(testGroup('zlib'), 'h2');
      await writer.abort();
      expect(await store.advisories([openssl, ['debian:12', 'zlib']])).toStrictEqual([testGroup('openssl')]);
      expect(await hashesOf(store, 'feed-a', 'main')).toEqual(['debian:12/openssl/feed-a/main=h1']);
    });

    it('removes the staged data of an aborted update', async () => {
      const { store } = current();
      const aborted = await store.writeFeed('feed-a');
      await aborted.put(testGroup('openssl'), 'h');
      await aborted.abort();
      await updateFeed(store, 'feed-a', (writer) => writer.put(testGroup('zlib'), 'h'));
      expect(await store.advisories([openssl])).toEqual([]);
    });

    it('shows several feeds that are committed together before or after the commit, for all queries', async () => {
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

    it('returns the same objects for states that nobody has changed, here or elsewhere', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const large = testFeedState('feed-b', { problemSamples: [randomBytes(600_000).toString('hex')] });
      for (const state of [testFeedState('feed-a'), large]) await store.putFeedState(state);
      const before = await store.feedStates();
      expect(before).toStrictEqual([testFeedState('feed-a'), large]);
      const again = await store.feedStates();
      expect(again.map((state, at) => state === before[at])).toEqual([true, true]);
      const attempted = testFeedState('feed-b', { lastError: 'gone' });
      await other.putFeedState(attempted);
      const after = await store.feedStates();
      expect(after).toStrictEqual([testFeedState('feed-a'), attempted]);
      expect(after[0]).toBe(before[0]);
      const writer = await other.writeFeed('feed-a');
      await writer.put(testGroup('openssl'), 'h');
      await writer.commit(testFeedState('feed-a', { lastChange: 'now' }));
      const changed = await store.feedStates();
      await other.close();
      expect(changed).toStrictEqual([testFeedState('feed-a', { lastChange: 'now' }), attempted]);
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

    it('rejects facts and the state of another feed', async () => {
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

    it('keeps the state of a commit from that of an attempt which compared with the facts before', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const attempted = (n: number) => testFeedState('feed-a', { lastAttempt: `2024-03-0${n}T10:00:00Z` });
      expect(await store.putFeedState(attempted(1), null)).toBe(true);
      await commitUpdate(store, 'feed-a', 1, { first: true });
      expect(await store.putFeedState(attempted(2), null)).toBe(false);
      expect(await store.putFeedState(attempted(3), updateId(1))).toBe(true);
      await commitUpdate(other, 'feed-a', 2, { state: { lastChange: 'x' } });
      expect(await store.putFeedState(attempted(4), updateId(1))).toBe(false);
      expect(await store.feedStates()).toStrictEqual([testFeedState('feed-a', { lastChange: 'x' })]);
      expect(await store.putFeedState(attempted(5), updateId(2))).toBe(true);
      expect(await other.feedStates()).toStrictEqual([attempted(5)]);
      await other.close();
    });

    it('returns the states of all feeds by feed id, with documents of any name', async () => {
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
