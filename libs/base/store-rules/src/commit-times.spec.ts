import { type CommitTime, commitTimes, mostCorrected } from './commit-times';

const day = (clock: string) => `2024-03-01T${clock}:00Z`;

/** Commits one after the other, each by its clock, and returns the times from which on they count. */
function timesAfter(clocks: readonly string[], stored: readonly CommitTime[] = []): readonly string[] {
  let newestFirst = stored;
  for (const [index, clock] of clocks.entries()) {
    const at = day(clock);
    const first = newestFirst.findIndex((one) => Date.parse(one.at) <= Date.parse(at));
    const { corrected, ...own } = commitTimes(at, first < 0 ? newestFirst : newestFirst.slice(0, first + 1));
    const now = new Map(corrected.map((one) => [one.update, one]));
    newestFirst = [
      { update: `${stored.length + index}`, ...own },
      ...newestFirst.map((one) => now.get(one.update) ?? one),
    ];
  }
  return newestFirst.map(({ at }) => at.slice(11, 16)).reverse();
}

it.each([
  ['clocks that agree', ['08:00', '09:00', '09:00', '10:00'], ['08:00', '09:00', '09:00', '10:00']],
  ['one that was ahead once', ['08:00', '20:00', '09:00', '10:00'], ['08:00', '09:00', '09:00', '10:00']],
  ['the first one ahead', ['20:00', '09:00', '10:00'], ['09:00', '09:00', '10:00']],
  ['one against one', ['20:00', '09:00'], ['20:00', '20:00']],
  ['one that was behind, after a single other one', ['19:00', '18:00'], ['19:00', '19:00']],
  ['one that was behind', ['08:00', '09:00', '10:00', '07:00', '11:00'], ['08:00', '09:00', '10:00', '10:00', '11:00']],
  ['behind everything', ['08:00', '09:00', '01:00', '09:30'], ['08:00', '09:00', '09:00', '09:30']],
  ['ahead twice, contradicted once', ['08:00', '20:00', '21:00', '09:00'], ['08:00', '20:00', '21:00', '21:00']],
  [
    'ahead twice, contradicted three times',
    ['08:00', '20:00', '21:00', '09:00', '10:00', '11:00'],
    ['08:00', '09:00', '09:00', '09:00', '10:00', '11:00'],
  ],
  [
    'ahead, and the clock of another machine slightly behind',
    ['08:00', '20:00', '21:00', '07:00', '10:00', '11:00'],
    ['08:00', '08:00', '08:00', '08:00', '10:00', '11:00'],
  ],
  [
    'ahead again',
    ['08:00', '20:00', '09:00', '21:00', '10:00', '11:00'],
    ['08:00', '09:00', '09:00', '10:00', '10:00', '11:00'],
  ],
])('revisions count by %s', (_, clocks, expected) => {
  expect(timesAfter(clocks)).toEqual(expected);
});

it('corrects what an older version stored, which knew only the time of the revision before', () => {
  const stored = ['20:00', '20:00', '20:00', '08:00'].map((clock, n) => ({ update: `${3 - n}`, at: day(clock) }));
  expect(timesAfter(['09:00', '10:00'], stored)).toEqual(['08:00', '09:00', '09:00', '09:00', '09:00', '10:00']);
});

it('keeps what a clock said, unless it counts', () => {
  const [since, ahead, before] = [
    { update: 'c', at: day('20:00'), clock: day('09:00') },
    { update: 'b', at: day('20:00') },
    { update: 'a', at: day('08:00') },
  ];
  expect(commitTimes(day('10:00'), [since, ahead, before])).toStrictEqual({
    at: day('10:00'),
    corrected: [
      { update: 'c', at: day('09:00') },
      { update: 'b', at: day('09:00'), clock: day('20:00') },
    ],
  });
  const behind = commitTimes(day('07:00'), [ahead, { ...before, at: day('19:00') }]);
  expect(behind).toStrictEqual({ at: day('20:00'), clock: day('07:00'), corrected: [] });
});

it('corrects a bounded number of revisions', () => {
  const many = Array.from({ length: mostCorrected }, (_, n) => ({ update: String(n), at: day('20:00') }));
  expect(commitTimes(day('09:00'), many)).toEqual({ at: day('20:00'), clock: day('09:00'), corrected: [] });
});
