import type { FindingInterval, FindingStep } from '@clarion/history';
import { renderTimeline } from './render-timeline';

const time = (day: number): string => `2026-01-0${day}T00:00:00.000Z`;
const of = { name: 'a', version: '1' } as FindingInterval['package'];
const update = (at: number, more: Partial<FindingStep> = {}): FindingStep => ({
  ...{ at: time(at), cause: { kind: 'data', feed: 'debian', update: String(at) }, ids: ['CVE-1'] },
  ...{ state: 'affected', fixedIn: null, severity: 'High', exploited: false },
  ...more,
});
const start = (at = 1): FindingStep => update(at, { cause: { kind: 'start' } });
const shown = {
  ...{ from: time(1), to: time(9), completeFrom: time(1), knownSince: time(1), historyFrom: null, earliest: time(1) },
};
const interval = (steps: readonly FindingStep[], gone?: number): FindingInterval => ({
  ...{ id: 'CVE-1', package: of, source: null, from: steps[0]?.at ?? '', published: null, steps },
  until: gone === undefined ? null : time(gone),
  ended: gone === undefined ? null : update(gone),
});
const bounds = `Known here since ${time(1)}\n`;

test.each<[string, readonly FindingStep[], string]>([
  ['severity', [start(), update(2, { severity: 'Critical' })], 'changed  CVE-1  High → Critical  a 1  affected'],
  [
    'fix',
    [start(), update(2, { state: 'fixed', fixedIn: '1.2' }), update(3, { state: 'fixed', fixedIn: '1.3' })],
    'changed  CVE-1  High  a 1  fixed in 1.2 → fixed in 1.3',
  ],
  [
    'exploitation',
    [start(), update(2, { exploited: true, dueDate: '2026-02-01' })],
    'changed  CVE-1  High  a 1  affected, now exploited, due 2026-02-01',
  ],
  [
    'a date',
    [{ ...start(), exploited: true, dueDate: '2026-02-01' }, update(2, { exploited: true, dueDate: '2026-03-01' })],
    'changed  CVE-1  High  a 1  affected, exploited, due 2026-02-01 → 2026-03-01',
  ],
  ['exploitation that was withdrawn', [{ ...start(), exploited: true }, update(2)], 'affected, no longer exploited'],
  ['an alias', [start(), update(2, { ids: ['CVE-1', 'GHSA-1'] })], 'affected, also GHSA-1'],
  ['a new finding', [update(2, { exploited: true })], 'added  CVE-1  High  a 1  affected, exploited'],
])('a change of %s is shown with what it was before', (_, steps, line) => {
  expect(renderTimeline([interval(steps)], shown)).toContain(line);
});

test('findings that did not change are counted, or listed', () => {
  const loaded = update(2, { cause: { kind: 'data', feed: 'debian', update: '2', loaded: true }, severity: 'Low' });
  const same = [interval([start()]), interval([loaded])];
  const counted = `Nothing changed from ${time(1)} to ${time(9)}.\n2 findings known from the start did not change: 1 High, 1 Low`;
  expect(renderTimeline(same, shown)).toBe(`${counted}; --all lists them\n${bounds}`);
  expect(renderTimeline(same, { ...shown, all: true })).toBe(
    `${time(1)}  known then\n  known  CVE-1  High  a 1  affected\n\n${time(2)}  debian loaded for the first time\n` +
      `  known  CVE-1  Low   a 1  affected\n\n2 findings known from the start did not change: 1 High, 1 Low\n${bounds}`,
  );
});

describe('what the first load of a feed changed', () => {
  const debian = update(1, { cause: { kind: 'data', feed: 'debian', update: '1', loaded: true }, severity: 'Unknown' });
  const nvd = (at: string, more: Partial<FindingStep> = {}): FindingStep =>
    update(1, { at, cause: { kind: 'data', feed: 'nvd', update: '2', loaded: true }, ...more });
  const soon = '2026-01-01T00:10:00.000Z';
  const findings = [
    interval([debian, nvd(soon)]),
    interval([debian, nvd(soon, { severity: 'Low' })]),
    interval([debian, nvd(soon), update(3, { state: 'fixed', fixedIn: '1.2' })]),
    interval([debian]),
  ];

  test('is counted while the history begins', () => {
    expect(renderTimeline(findings, shown)).toBe(
      `${soon}  nvd loaded for the first time: 3 findings changed; --all lists them\n\n` +
        `${time(3)}  debian\n  changed  CVE-1  High  a 1  affected → fixed in 1.2\n\n` +
        `3 findings known from the start did not change since: 1 High, 1 Low, 1 Unknown; --all lists them\n${bounds}`,
    );
    expect(renderTimeline(findings.slice(0, 1), shown)).toContain(
      `1 finding changed; --all lists them\n\nNothing else changed from ${time(1)}`,
    );
  });

  test('is listed with --all', () => {
    const text = renderTimeline(findings, { ...shown, all: true });
    expect(text.match(/^ {2}changed .* Unknown → \w+/gm)).toHaveLength(3);
    expect(text).toContain('\n1 finding known from the start did not change: 1 Unknown\n');
  });

  test('is listed where the history had begun long before', () => {
    const text = renderTimeline([interval([debian, nvd(time(2))])], shown);
    expect(text).toContain(`${time(2)}  nvd loaded for the first time\n  changed  CVE-1  Unknown → High  a 1`);
  });
});

test('of a finding that is gone, only that is a change', () => {
  const text = renderTimeline([interval([start()], 4)], shown);
  expect(text).toBe(`${time(4)}  debian\n  gone  CVE-1  High  a 1  affected\n\n${bounds}`);
});

test('what was before the period counts from its start', () => {
  const period = { ...shown, from: time(3) };
  const text = renderTimeline([interval([start(), update(2, { severity: 'Low' }), update(4)])], period);
  expect(text).toBe(`${time(4)}  debian\n  changed  CVE-1  Low → High  a 1  affected\n\n${bounds}`);
});

test('a part of which less is known is named', () => {
  const text = renderTimeline([], { ...shown, completeFrom: time(4), historyFrom: time(2) });
  expect(text).toContain(
    `; what was known before ${time(2)} is pruned\nBefore ${time(4)} less is known: findings may be missing\n`,
  );
});
