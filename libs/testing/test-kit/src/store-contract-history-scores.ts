import type { Epss, FeedWriter, TextChange, VulnerabilityRecord } from '@clarion/model';

import type { CurrentStore } from './store-under-test';
import { commitUpdate, textChange, updateId, writtenIn } from './store-contract-history-facts';
import { collect } from './store-contract-service-facts';

const everything: ReadonlyMap<string, string> = new Map();
const id = 'CVE-2024-1234';

function recordOf(epss: Epss | null, changes: Partial<VulnerabilityRecord> = {}): VulnerabilityRecord | null {
  return epss && { feed: 'feed-a', id, epss, ...changes };
}

/** A silent change of a score. */
function scoreChange(before: Epss | null, after: Epss | null, vulnerability = id): TextChange {
  const of = (epss: Epss | null) => recordOf(epss, { id: vulnerability });
  return textChange({ vulnerability, silent: true, before: of(before), after: of(after) });
}

/** Scores of 60 vulnerabilities over many days; some change on each day, some never. */
function scoresOfDays(days: number): readonly ReadonlyMap<string, Epss>[] {
  const all: Map<string, Epss>[] = [];
  for (let day = 0; day <= days; day += 1) {
    const scores = new Map(all[day - 1] ?? []);
    for (let n = 0; n < 60; n += 1) {
      const name = `CVE-2024-${1200 + n * 3}`;
      const changes = day === 0 ? n % 10 !== 9 : n % 7 !== 0 && (day + n) % (n + 2) === 0;
      if (!changes) continue;
      if (n % 13 === 5 && scores.has(name) && day % 2 === 0) scores.delete(name);
      else scores.set(name, { score: ((day * 31 + n) % 1000) / 1000, percentile: 0.12345, date: `day ${day}` });
    }
    all.push(scores);
  }
  return all;
}

/** Silent changes of scores, of which there are hundreds of thousands a day. */
export function describeScoreHistory(current: CurrentStore): void {
  describe('log of scores', () => {
    it.each<readonly [string, Epss | null, Epss | null]>([
      ['a score', { score: 0.5 }, { score: 0.25 }],
      ['one with everything', score(0.00042, 0.1, '2024-03-01'), score(0.97565, 0.99999, '2024-03-02')],
      ['one of any precision', score(1 / 3, 2 / 3, ''), score(1e-7, 0.123456, '__proto__')],
      ['the least and the largest', score(0, 0, 'd'), score(1, 1, 'd')],
      ['less than before', score(0.1, 0.2, 'x'), { score: 0.1, date: 'y' }],
      ['a new one', null, score(0.00043, 0.09, '2024-03-02')],
      ['one that is gone', score(0.00043, 0.09, '2024-03-02'), null],
    ])('has %s as it was put', async (_name, before, after) => {
      const { store } = current();
      for (const vulnerability of [
        id,
        'CVE-2024-1',
        'GHSA-größe',
        'x',
        'y'.repeat(3000),
        'a\tb',
        'CVE-2024-12345678',
      ]) {
        const change = scoreChange(before, after, vulnerability);
        const n = 1 + (await store.revisions('feed-a', { limit: 99 })).items.length;
        await commitUpdate(store, 'feed-a', n, { changes: [change] });
        const expected = [writtenIn(n, change)];
        expect(await collect(store.textChanges([vulnerability], everything))).toStrictEqual(expected);
        expect(await collect(store.textChanges([vulnerability], everything, { firstOnly: true }))).toStrictEqual(
          expected,
        );
        expect(await collect(store.vulnerabilityChanges(vulnerability))).toStrictEqual(expected);
        const since = new Map([['feed-a', updateId(n)]]);
        expect(await collect(store.textChanges([vulnerability], since))).toEqual([]);
      }
      expect(await store.pendingChanges(9)).toEqual([]);
    });

    it('publishes one that is not silent', async () => {
      const { store } = current();
      const { silent: _silent, ...loud } = scoreChange({ score: 0.1 }, { score: 0.9 });
      await commitUpdate(store, 'feed-a', 1, { changes: [loud] });
      const changed = { update: updateId(1), vulnerability: id };
      expect(await store.pendingChanges(9)).toStrictEqual([changed]);
      expect(await collect(store.changes(changed))).toStrictEqual([writtenIn(1, loud)]);
      expect(await collect(store.textChanges([id], everything))).toStrictEqual([writtenIn(1, loud)]);
    });

    it('keeps the last of two changes of a score', async () => {
      const { store } = current();
      const { silent: _silent, ...loud } = scoreChange({ score: 0.1 }, { score: 0.9 });
      const silent = scoreChange({ score: 0.1 }, { score: 0.2 });
      await commitUpdate(store, 'feed-a', 1, { changes: [loud, silent] });
      expect(await collect(store.changes({ update: updateId(1), vulnerability: id }))).toEqual([]);
      await commitUpdate(store, 'feed-a', 2, { changes: [silent, loud] });
      await commitUpdate(store, 'feed-a', 3, { changes: [silent, scoreChange({ score: 0.1 }, { score: 0.3 })] });
      expect(await collect(store.textChanges([id], everything))).toStrictEqual([
        writtenIn(1, silent),
        writtenIn(2, loud),
        writtenIn(3, scoreChange({ score: 0.1 }, { score: 0.3 })),
      ]);
      const changed = { update: updateId(2), vulnerability: id };
      expect(await store.pendingChanges(9)).toContainEqual(changed);
      expect(await collect(store.changes(changed))).toStrictEqual([writtenIn(2, loud)]);
    });

    it('is in one order with changes of records, of each feed', async () => {
      const { store } = current();
      const description = recordOf({ score: 0.2 }, { description: 'Text' });
      const changes = [
        scoreChange(null, { score: 0.1 }),
        scoreChange({ score: 0.1 }, { score: 0.2 }),
        textChange({ vulnerability: id, silent: true, before: recordOf({ score: 0.2 }), after: description }),
        textChange({ vulnerability: id, silent: true, before: description, after: recordOf({ score: 0.3 }) }),
        scoreChange({ score: 0.3 }, { score: 0.4 }),
      ];
      for (const [index, change] of changes.entries()) {
        await commitUpdate(store, 'feed-a', index + 1, { changes: [change] });
        const ofOther = { ...change, feed: 'feed-b', before: null, after: { feed: 'feed-b', id, epss: { score: 1 } } };
        await commitUpdate(store, 'feed-b', index + 11, { changes: [ofOther] });
      }
      const found = await collect(store.textChanges([id], everything));
      expect(found.filter(({ feed }) => feed === 'feed-a')).toStrictEqual(
        changes.map((one, n) => writtenIn(n + 1, one)),
      );
      expect(found.filter(({ feed }) => feed === 'feed-b').map(({ update }) => update)).toEqual(
        [11, 12, 13, 14, 15].map(updateId),
      );
      const later = await collect(store.textChanges([id], new Map([['feed-a', updateId(2)]]), { firstOnly: true }));
      expect(later.find(({ feed }) => feed === 'feed-a')?.before).toStrictEqual(recordOf({ score: 0.2 }));
      expect(later.find(({ feed }) => feed === 'feed-b')?.before).toBeNull();
    });

    it('gives the scores of every day back', async () => {
      const { store } = current();
      const days = scoresOfDays(45);
      const put = (day: number) => async (writer: FeedWriter) => {
        for (const [name, epss] of days[day]!) await writer.putText({ feed: 'feed-a', id: name, epss });
        for (const name of days[day - 1]?.keys() ?? []) if (!days[day]!.has(name)) await writer.removeText(name);
      };
      await commitUpdate(store, 'feed-a', 0, { first: true, put: put(0) });
      for (let day = 1; day < days.length; day += 1) {
        const [before, after] = [days[day - 1]!, days[day]!];
        const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
          (name) => before.get(name) !== after.get(name),
        );
        const changes = changed.map((name) => scoreChange(before.get(name) ?? null, after.get(name) ?? null, name));
        await commitUpdate(store, 'feed-a', day, { put: put(day), changes });
      }
      const names = [...new Set(days.flatMap((scores) => [...scores.keys()])), 'CVE-2024-1201', 'CVE-1999-0001'];
      for (const [day, expected] of days.entries()) {
        const today = new Map((await store.vulnerabilities(names)).map((one) => [one.id, one.texts[0]?.epss]));
        const since = new Map([['feed-a', updateId(day)]]);
        const seen = new Set<string>();
        for await (const { vulnerability, before } of store.textChanges(names, since, { firstOnly: true })) {
          if (!seen.has(vulnerability)) today.set(vulnerability, before?.epss);
          seen.add(vulnerability);
        }
        const found = [...today].filter(([, epss]) => epss !== undefined);
        expect(new Map(found)).toEqual(expected);
        const all = await collect(store.textChanges(names, since));
        const firsts = new Map([...all].reverse().map(({ vulnerability, before }) => [vulnerability, before?.epss]));
        for (const [name, epss] of firsts) expect({ name, epss }).toEqual({ name, epss: expected.get(name) });
      }
    });
  });
}

function score(value: number, percentile: number, date: string): Epss {
  return { score: value, percentile, date };
}
