import type { VulnerabilityStore, Vulnerability, VulnerabilityRecord } from '@clarion/model';
import { storedTexts } from './stored-texts';

interface Calls {
  lookups: number;
  readings: number;
}

/** The part of a store that is queried, with a count of the calls. */
function storeOf(texts: readonly VulnerabilityRecord[], calls: Calls): VulnerabilityStore {
  const known: Partial<VulnerabilityStore> = {
    vulnerabilities: (ids) => {
      calls.lookups += ids.length;
      const found = ids.map((id): Vulnerability => ({ id, texts: texts.filter((text) => text.id === id) }));
      return Promise.resolve(found.filter((vulnerability) => vulnerability.texts.length > 0));
    },
    async *texts(feed) {
      calls.readings += 1;
      await Promise.resolve();
      yield* texts.filter((text) => text.feed === feed);
    },
  };
  return known as VulnerabilityStore;
}

const described = (number: number, description = 'Text'): VulnerabilityRecord => ({
  feed: 'f',
  id: `CVE-2024-${number}`,
  description,
});

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe('stored vulnerability records', () => {
  const stored = range(0, 5200).map((number) => described(number));

  it.each([
    ['a few are looked up', 400, { lookups: 400, readings: 0 }],
    ['more than five thousand are read once', 5400, { lookups: 5000, readings: 1 }],
  ])(
    '%s',
    async (_, asked, expected) => {
      const calls = { lookups: 0, readings: 0 };
      const texts = storedTexts(storeOf(stored, calls), 'f');
      const changed: VulnerabilityRecord[] = [];
      for (let at = 0; at < asked; at += 200) {
        const batch = range(at, at + 200).map((number) => described(number, number % 100 === 7 ? 'Other' : 'Text'));
        changed.push(...(await texts.changed(batch)).map(({ text }) => text));
      }
      const isNew = (number: number): boolean => number >= stored.length || number % 100 === 7;
      expect(changed.map(({ id }) => id)).toEqual(
        range(0, asked)
          .filter(isNew)
          .map((number) => `CVE-2024-${number}`),
      );
      expect(calls).toEqual(expected);
      expect([...(await texts.ids())]).toHaveLength(stored.length);
      expect(calls.readings).toBe(1);
    },
    60_000,
  );

  const epss = { score: 0.5, percentile: 0.9, date: '2026-01-01' };
  const scored: VulnerabilityRecord = { feed: 'f', id: 'CVE-2024-1', epss };

  it.each<[string, VulnerabilityRecord, boolean]>([
    ['nothing', scored, false],
    ['rank and day alone', { ...scored, epss: { ...epss, percentile: 0.8, date: '2026-01-02' } }, false],
    ['a score', { ...scored, epss: { ...epss, score: 0.6 } }, true],
    ['a rank that is not given any more', { ...scored, epss: { score: 0.5, date: '2026-01-01' } }, true],
    ['a description', { ...scored, description: 'Text' }, true],
  ])('differ by %s', async (_, text, isChanged) => {
    const other: VulnerabilityRecord = { feed: 'g', id: 'CVE-2024-1', description: 'of another feed' };
    const texts = storedTexts(storeOf([other, scored], { lookups: 0, readings: 0 }), 'f');
    expect(await texts.changed([text])).toEqual(isChanged ? [{ text, before: scored }] : []);
  });
});
