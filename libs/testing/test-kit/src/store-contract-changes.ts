import { type ChangedVulnerability, type FactChange, isTextChange, type TextChange } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { testFeedState, testGroup, updateFeed } from './store-contract-facts';
import { hostileNames } from './store-contract-names';
import { collect, testChange } from './store-contract-service-facts';

const updateId = (n: number) => `0190163d-8694-739b-aea5-${String(n).padStart(12, '0')}`;
const keyOf = ({ update, vulnerability }: ChangedVulnerability): ChangedVulnerability => ({ update, vulnerability });

const packageOf = (change: FactChange) => (isTextChange(change) ? undefined : change.package);

function textChange(changes: Partial<TextChange> = {}): TextChange {
  const { update, vulnerability, feed } = testChange();
  const text = { feed, id: vulnerability };
  return { update, vulnerability, feed, before: { ...text, severity: 'Low' }, after: null, ...changes };
}

/** Changes by updates: written with the facts, published once, kept until they are removed. */
export function describeChanges(current: CurrentStore): void {
  const update = async (feed: string, ...changes: readonly FactChange[]) =>
    updateFeed(current().store, feed, async (writer) => {
      for (const change of changes) await writer.putChange(change);
    });
  const changesOf = async (changed: ChangedVulnerability) => collect(current().store.changes(changed));

  describe('changes of facts', () => {
    it('become visible together with the facts', async () => {
      const { store, reopen } = current();
      const other = await reopen();
      const writer = await store.writeFeed('feed-a');
      await writer.put(testGroup('openssl'), 'h');
      await writer.putChange(testChange());
      for (const reader of [store, other]) {
        expect(await reader.pendingChanges(10)).toEqual([]);
        expect(await collect(reader.changes(testChange()))).toEqual([]);
      }
      await writer.commit(testFeedState('feed-a'));
      await new Promise(setImmediate);
      for (const reader of [store, other]) {
        expect(await reader.pendingChanges(10)).toStrictEqual([keyOf(testChange())]);
        expect(await collect(reader.changes(testChange()))).toStrictEqual([testChange()]);
        expect(await reader.advisories([['debian:12', 'openssl']])).toHaveLength(1);
      }
      await other.close();
    });

    it('are dropped with an aborted update', async () => {
      const { store } = current();
      const writer = await store.writeFeed('feed-a');
      await writer.putChange(testChange());
      await writer.abort();
      await update('feed-a');
      expect(await store.pendingChanges(10)).toEqual([]);
      expect(await changesOf(testChange())).toEqual([]);
    });

    it('are pending for all feeds that are committed together', async () => {
      const { store } = current();
      const start = async (feed: string) => {
        const writer = await store.writeFeed(feed);
        await writer.putChange(testChange({ feed }));
        return { writer, state: testFeedState(feed) };
      };
      await store.commitFeeds([await start('feed-b'), await start('feed-a')]);
      expect(await store.pendingChanges(10)).toStrictEqual([keyOf(testChange())]);
      expect((await changesOf(testChange())).map(({ feed }) => feed)).toEqual(['feed-a', 'feed-b']);
    });

    it('are rejected for another feed, and after the end', async () => {
      const writer = await current().store.writeFeed('feed-a');
      const refused = { name: 'ClarionError', code: 'invalid-input' };
      await expect(writer.putChange(testChange({ feed: 'feed-b' }))).rejects.toMatchObject(refused);
      await writer.abort();
      await expect(writer.putChange(testChange())).rejects.toMatchObject(refused);
    });

    it('are pending once a vulnerability and update, the oldest update first', async () => {
      const { store } = current();
      const change = (n: number, vulnerability: string, name = 'openssl') =>
        testChange({ update: updateId(n), vulnerability, package: name });
      await update('feed-a', change(2, 'CVE-1'), change(2, 'CVE-1', 'zlib'), change(2, 'CVE-0'));
      await update('feed-a', change(1, 'CVE-9'), change(3, 'CVE-1'));
      const all = [
        { update: updateId(1), vulnerability: 'CVE-9' },
        { update: updateId(2), vulnerability: 'CVE-0' },
        { update: updateId(2), vulnerability: 'CVE-1' },
        { update: updateId(3), vulnerability: 'CVE-1' },
      ];
      expect(await store.pendingChanges(100)).toStrictEqual(all);
      expect(await store.pendingChanges(4)).toStrictEqual(all);
      expect(await store.pendingChanges(2)).toStrictEqual(all.slice(0, 2));
      await store.markPublished([all[0]!, all[2]!]);
      await store.markPublished([all[0]!, { update: updateId(7), vulnerability: 'CVE-7' }]);
      await store.markPublished([]);
      expect(await store.pendingChanges(100)).toStrictEqual([all[1], all[3]]);
      expect((await changesOf(all[2]!)).map(packageOf)).toEqual(['openssl', 'zlib']);
    });

    it('are returned in the order of namespace, package, feed and document, each once', async () => {
      const change = (namespace: string, name: string, document = 'main') =>
        testChange({ namespace, package: name, document });
      const ordered = [
        change('alpine:v3.20', 'zlib'),
        change('debian:11', 'openssl'),
        change('debian:12', 'openssl', 'a'),
        change('debian:12', 'openssl', 'b'),
        change('debian:12', 'openssl-tool'),
        change('debian:12', 'zlib'),
      ];
      await update('feed-a', ...[...ordered].reverse(), ordered[0]!);
      expect(await changesOf(ordered[0]!)).toStrictEqual(ordered);
    });

    it('contain the advisories before and after', async () => {
      const change = testChange({
        nameKind: 'either',
        epochs: 'auto',
        before: [{ id: 'CVE-2024-0001', state: 'affected', scope: { architectures: ['__proto__'] } }],
        after: Array.from({ length: 2000 }, (_, n) => ({ id: 'CVE-2024-0001', state: 'fixed', reason: `r${n}` })),
      });
      await update('feed-a', change);
      expect(await changesOf(change)).toStrictEqual([change]);
    });

    it('of vulnerability records and of advisories are pending together', async () => {
      const text = textChange({ after: { feed: 'feed-a', id: 'CVE-2024-0001', description: 'größe '.repeat(500) } });
      await update('feed-a', textChange(), testChange(), text);
      await update('feed-b', textChange({ feed: 'feed-b', before: null }));
      expect(await current().store.pendingChanges(10)).toStrictEqual([keyOf(text)]);
      const changes = await changesOf(text);
      // Of two about one vulnerability record the last one wins.
      expect(changes.filter(isTextChange)).toStrictEqual([text, textChange({ feed: 'feed-b', before: null })]);
      expect(changes.filter((change) => !isTextChange(change))).toStrictEqual([testChange()]);
      await current().store.markPublished([keyOf(text)]);
      await current().store.forgetChanges(updateId(9));
      expect(await changesOf(text)).toEqual([]);
    });

    it('of vulnerability records are rejected for another feed', async () => {
      const writer = await current().store.writeFeed('feed-a');
      const refused = { name: 'ClarionError', code: 'invalid-input' };
      await expect(writer.putChange(textChange({ feed: 'feed-b' }))).rejects.toMatchObject(refused);
      await writer.abort();
    });

    it('can be thousands', async () => {
      const changes = Array.from({ length: 2500 }, (_, n) => testChange({ package: `p${String(n).padStart(4, '0')}` }));
      await update('feed-a', ...changes);
      expect(await current().store.pendingChanges(10)).toHaveLength(1);
      expect((await changesOf(testChange())).map(packageOf)).toEqual(changes.map((one) => one.package));
    });

    it('are removed once they are published and old', async () => {
      const { store } = current();
      const change = (n: number, vulnerability: string) => testChange({ update: updateId(n), vulnerability });
      const all = [change(1, 'CVE-1'), change(1, 'CVE-2'), change(2, 'CVE-1'), change(3, 'CVE-1')];
      await update('feed-a', ...all);
      await store.markPublished([all[0]!, all[2]!].map(keyOf));
      await store.forgetChanges(updateId(2));
      const left = async () => {
        const found = await Promise.all(all.map(async (one) => (await changesOf(one)).length));
        return found.join(' ');
      };
      expect(await left()).toBe('0 1 1 1');
      await store.forgetChanges(updateId(9));
      expect(await left()).toBe('0 1 0 1');
      expect(await store.pendingChanges(10)).toStrictEqual([all[1]!, all[3]!].map(keyOf));
    });

    it('are about vulnerabilities and packages of any name', async () => {
      const changes = hostileNames.map((name) => testChange({ vulnerability: name, package: name, namespace: name }));
      await update('feed-a', ...changes);
      const pending = await current().store.pendingChanges(100);
      expect(pending).toHaveLength(changes.length);
      expect(pending).toEqual(expect.arrayContaining(changes.map(keyOf)));
      for (const change of changes) expect(await changesOf(change)).toStrictEqual([change]);
      await current().store.markPublished(pending);
      expect(await current().store.pendingChanges(100)).toEqual([]);
      await current().store.forgetChanges(updateId(9));
      for (const change of changes) expect(await changesOf(change)).toEqual([]);
    });

    it('are of texts about vulnerabilities of any name', async () => {
      const changes = hostileNames.map((vulnerability) => textChange({ vulnerability }));
      await update('feed-a', ...changes);
      expect(await current().store.pendingChanges(100)).toHaveLength(changes.length);
      for (const change of changes) expect(await changesOf(change)).toStrictEqual([change]);
    });
  });
}
