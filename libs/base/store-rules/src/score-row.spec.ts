import { changedRows, isScoreOnly, scoreRow, type ScoreRow, scoreText } from './score-row';

const id = 'CVE-2024-1234';

it.each([
  [{ feed: 'f', id, epss: { score: 0.5 } }, true],
  [{ feed: 'f', id, epss: { score: 0.5, percentile: 0.9, date: '2024-01-01' } }, true],
  [{ feed: 'f', id, epss: { score: 0.5 }, description: 'Text' }, false],
  [{ feed: 'f', id }, false],
])('%j is a score and nothing else: %p', (text, isScore) => {
  expect(isScoreOnly(text)).toBe(isScore);
});

it.each([{ score: 0.5 }, { score: 0.5, percentile: 0.9, date: '2024-01-01' }])('%j comes back from its row', (epss) => {
  expect(scoreText('f', scoreRow(id, epss))).toStrictEqual({ feed: 'f', id, epss });
});

it('rows are put and removed by id, and sorted', () => {
  const row = (name: string, score: number): ScoreRow => [name, score, null, null];
  const rows = [row('b', 1), row('c', 1)];
  expect(changedRows(rows, [row('a', 2), ['b'], row('c', 3), ['d']])).toEqual([row('a', 2), row('c', 3)]);
});
