import type { Epss, LoggedChange, TextChange } from '@clarion/model';

import { packScoreChanges, scoreChangeOf, unpackScoreChanges } from './score-changes';

const of = { feed: 'epss', update: 'u1' } as const;
const start = 'CVE-2024-12';

function change(id: string, before: Epss | null, after: Epss | null): TextChange {
  const text = (epss: Epss | null) => (epss === null ? null : { feed: of.feed, id, epss });
  return { ...of, vulnerability: id, silent: true, before: text(before), after: text(after) };
}

const day1 = { percentile: 0.12345, date: '2026-08-15' };
const day2 = { percentile: 0.12351, date: '2026-08-16' };

it.each<[string, readonly (readonly [Epss | null, Epss | null])[]]>([
  [
    'of one day',
    [
      [
        { score: 0.00043, ...day1 },
        { score: 0.00043, ...day2 },
      ],
    ],
  ],
  [
    'of records that appear and disappear',
    [
      [null, { score: 0.9, ...day2 }],
      [{ score: 0.00001, ...day1 }, null],
      [
        { score: 1, ...day1 },
        { score: 0, percentile: 0, date: '2026-08-16' },
      ],
    ],
  ],
  [
    'without percentile or date',
    [
      [{ score: 0.5 }, { score: 0.25, date: '2026-08-16' }],
      [{ score: 0.5, percentile: 1 }, { score: 0.5 }],
    ],
  ],
  [
    'of numbers with more digits, and of any',
    [
      [{ score: 0.000430001, percentile: 0.1 }, { score: 0.00044 }],
      [{ score: 0.00044 }, { score: 0.000430001 }],
      [{ score: 1e-20 }, { score: 1e300 }],
      [{ score: 0.1 + 0.2 }, { score: 0.3 }],
      [{ score: 0.3 }, { score: -1.5 }],
    ],
  ],
])('changes %s come back as they were', (_, rows) => {
  const changes = rows.map(([before, after], n) => change(`${start}${String(n).padStart(2, '0')}`, before, after));
  const packed = packScoreChanges(
    start,
    changes.map((one) => scoreChangeOf(one)!),
  );
  expect(unpackScoreChanges(JSON.parse(JSON.stringify(packed)) as typeof packed, of)).toStrictEqual(changes);
});

it('every score with five digits is a whole number of steps', () => {
  for (let steps = 0; steps <= 100_000; steps += 7) {
    const score = Number((steps / 100_000).toFixed(5));
    const packed = packScoreChanges(start, [
      { id: `${start}00`, before: null, after: [`${start}00`, score, null, null] },
    ]);
    expect(packed.after.scores).toEqual([steps]);
  }
});

const score = change('CVE-2024-1234', { score: 0.1 }, { score: 0.2 });
const { silent: _silent, ...loud } = score;
const group = { namespace: 'debian:12', package: 'a', document: 'd', ...of, silent: true as const };
it.each<[string, LoggedChange]>([
  ['that is published', loud],
  ['of a record with a description', { ...score, after: { feed: 'epss', id: 'CVE-2024-1234', description: 'x' } }],
  ['of a score with a description', { ...score, before: { ...score.before!, description: 'x' } }],
  ['of another id', { ...score, after: { ...score.after!, id: 'CVE-2024-9' } }],
  ['of nothing', { ...score, before: null, after: null }],
  ['of a group', { ...group, before: null, after: { nameKind: 'source' as const, scheme: 'dpkg' } }],
])('a change %s is not one of a score alone', (_, other) => {
  expect(scoreChangeOf(other)).toBeUndefined();
});
