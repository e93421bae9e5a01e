import type { FeedWriter, VulnerabilityRecord } from '@clarion/model';

import { storeOfEachTest } from '../testing/each-test';

const here = storeOfEachTest();

async function update(feed: string, change: (writer: FeedWriter) => Promise<void>): Promise<void> {
  const writer = await here.store.writeFeed(feed);
  await change(writer);
  const state = { feed, parserVersion: 1, documents: {}, groups: 0, statements: 0, problems: 0, problemSamples: [] };
  await writer.commit(state);
}

const text = (feed: string, id: string, description: string): VulnerabilityRecord => ({ feed, id, description });
const score = (feed: string, id: string, value: number): VulnerabilityRecord => ({ feed, id, epss: { score: value } });

async function textsOf(feed?: string): Promise<readonly VulnerabilityRecord[]> {
  const found: VulnerabilityRecord[] = [];
  for await (const one of here.store.texts(feed)) found.push(one);
  return found;
}

// Readable in keys, and not.
const names = ['nvd', 'a', 'a b', '#', '#x', '', 'a\tb', 'a\n', '\u0000', 'ä', '__proto__', 'x'.repeat(200)];

describe('texts by feed', () => {
  it('are found by id, for any names of feeds and vulnerabilities', async () => {
    for (const feed of names) {
      await update(feed, async (writer) => {
        for (const id of names) await writer.putText(text(feed, id, `${feed} of ${id}`));
      });
    }
    const found = await here.store.vulnerabilities([...names, 'unknown']);
    expect(found.map(({ id }) => id)).toEqual(names);
    for (const { id, texts } of found) {
      expect(texts).toHaveLength(names.length);
      expect(texts).toEqual(expect.arrayContaining(names.map((feed) => text(feed, id, `${feed} of ${id}`))));
    }
    for (const feed of names) expect((await textsOf(feed)).map((one) => one.feed)).toEqual(names.map(() => feed));
    expect(await textsOf()).toHaveLength(names.length ** 2);
  });

  it('of a pruned feed are gone, those of feeds with the same name prefix are not', async () => {
    for (const feed of ['a', 'a b', 'ab']) await update(feed, (writer) => writer.putText(text(feed, 'CVE-1', feed)));
    await here.store.prune({ before: '2000-01-01T00:00:00Z', keepFeeds: ['a b', 'ab'] });
    expect((await textsOf()).map(({ feed }) => feed)).toEqual(['a b', 'ab']);
  });

  it('are those put last, although a commit is sorted by key', async () => {
    await update('f', async (writer) => {
      await writer.putText(text('f', 'CVE-2', 'first'));
      await writer.putText(text('f', 'CVE-1', 'first'));
      await writer.putText(text('f', 'CVE-2', 'last'));
      await writer.removeText('CVE-1');
      await writer.putText(text('f', 'CVE-3', 'x'.repeat(100_000)));
    });
    expect(await textsOf('f')).toEqual([text('f', 'CVE-2', 'last'), text('f', 'CVE-3', 'x'.repeat(100_000))]);
  });

  it.each([
    [
      'a score of the same update',
      [],
      [text('f', 'CVE-10', 'text'), score('f', 'CVE-10', 0.5)],
      score('f', 'CVE-10', 0.5),
    ],
    ['a score of a later one', [text('f', 'CVE-10', 'text')], [score('f', 'CVE-10', 0.5)], score('f', 'CVE-10', 0.5)],
    ['a later text', [score('f', 'CVE-10', 0.5)], [text('f', 'CVE-10', 'text')], text('f', 'CVE-10', 'text')],
    [
      'the last score',
      [score('f', 'CVE-10', 0.5)],
      [score('f', 'CVE-10', 0.6), score('f', 'CVE-10', 0.7)],
      score('f', 'CVE-10', 0.7),
    ],
  ])('make room for %s', async (_, before, after, expected) => {
    for (const texts of [before, after]) {
      await update('f', async (writer) => {
        for (const one of texts) await writer.putText(one);
      });
    }
    expect(await textsOf('f')).toEqual([expected]);
    expect(await here.store.vulnerability('CVE-10')).toEqual({ id: 'CVE-10', texts: [expected] });
  });

  it('keep more scores than are staged at once', async () => {
    const ids = Array.from({ length: 45_000 }, (_, index) => `CVE-${2000 + (index % 20)}-${10_000 + index}`);
    await update('f', async (writer) => {
      for (const [index, id] of ids.entries()) await writer.putText(score('f', id, index / 100_000));
    });
    const found = new Map((await textsOf('f')).map(({ id, epss }) => [id, epss?.score]));
    expect(found.size).toBe(ids.length);
    for (const [index, id] of ids.entries()) if (found.get(id) !== index / 100_000) throw new Error(id);
  });
});
