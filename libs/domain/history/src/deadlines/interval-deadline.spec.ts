import { parseDeadlines } from '@clarion/policy';
import type { FindingInterval, FindingStep } from '../timeline/finding-history';
import { intervalDeadline } from './interval-deadline';
import { suspendedIntervals } from './suspended-intervals';

const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();
const policyOf = (rules: string) => ({ rules: parseDeadlines(rules), noticeMillis: 2 * 24 * 3_600_000 });

type Said = Partial<Pick<FindingStep, 'fixedIn' | 'exploited' | 'dueDate' | 'severity'>>;

function step(at: number, said: Said = {}): FindingStep {
  const cause = { kind: 'data', feed: 'debian', update: `u${at}` } as const;
  const known = { state: 'affected', fixedIn: null, severity: 'High', exploited: false } as const;
  return { at: day(at), cause, ids: ['CVE-2026-1'], ...known, ...said };
}

function own(at: number, said: Said = {}): FindingStep {
  return { ...step(at, said), cause: { kind: 'exception', feed: 'own-vulnerabilities', update: `u${at}` } };
}

interface Row {
  readonly rules: string;
  readonly steps: readonly FindingStep[];
  readonly until?: number;
  readonly indexed?: number;
  readonly at: number;
  /** State and day of the deadline. */
  readonly expected?: string;
}

const fix: Said = { fixedIn: '2.0' };
const rows: Readonly<Record<string, Row>> = {
  'from the first statement on': { rules: 'any=10d', steps: [step(5)], at: 6, expected: 'met 15' },
  'from indexing on': { rules: 'any=10d', steps: [step(5)], indexed: 8, at: 17, expected: 'due 18' },
  'before it was there': { rules: 'any=10d', steps: [step(5)], at: 4 },
  'before the image was there': { rules: 'any=10d', steps: [step(5)], indexed: 8, at: 7 },
  'only what was known at the time': {
    rules: 'Low=1d,any=10d',
    steps: [step(5), step(9, { severity: 'Low' })],
    at: 8,
    expected: 'met 15',
  },
  'another severity later': {
    rules: 'Low=1d,any=10d',
    steps: [step(5), step(9, { severity: 'Low' })],
    at: 9,
    expected: 'overdue 6',
  },
  'from the fix on': {
    rules: 'fix=10d',
    steps: [step(5), step(7, fix), step(9, { ...fix, severity: 'Low' })],
    at: 10,
    expected: 'met 17',
  },
  'a fix that was taken back': {
    rules: 'fix=10d',
    steps: [step(5, fix), step(7), step(9, fix)],
    at: 10,
    expected: 'met 19',
  },
  'no fix any more': { rules: 'fix=10d', steps: [step(5, fix), step(7)], at: 10 },
  'from when it was listed': {
    rules: 'exploited=3d',
    steps: [step(5), step(7, { exploited: true })],
    at: 11,
    expected: 'overdue 10',
  },
  'by the catalogue': {
    rules: 'exploited=catalogue',
    steps: [step(5, { exploited: true, dueDate: '2026-01-20' })],
    at: 11,
    expected: 'met 20',
  },
  'gone in time': { rules: 'any=10d', steps: [step(5)], until: 14, at: 30, expected: 'met 15' },
  'gone too late': { rules: 'any=10d', steps: [step(5)], until: 16, at: 30, expected: 'overdue 15' },
  'a fix that own data hid': {
    rules: 'fix=10d',
    steps: [step(5, fix), own(7), own(9, fix)],
    at: 10,
    expected: 'met 15',
  },
  'a fix that a feed took back after own data had hidden it': {
    rules: 'fix=10d',
    steps: [step(5, fix), own(7), own(9, fix), step(10), step(11, fix)],
    at: 12,
    expected: 'met 21',
  },
  'a fix that own data hides': { rules: 'fix=10d', steps: [step(5, fix), own(7)], at: 8 },
  'not yet gone': { rules: 'any=10d', steps: [step(5)], until: 16, at: 14, expected: 'due 15' },
};

test.each(Object.entries(rows))('%s', (_title, { rules, steps, until, indexed = 1, at, expected }) => {
  const interval = { from: steps[0]?.at ?? '', until: until === undefined ? null : day(until), steps };
  const found = intervalDeadline(interval, { indexedAt: day(indexed), at: day(at) }, policyOf(rules));
  expect(found && `${found.state} ${new Date(found.deadline).getUTCDate()}`).toBe(expected);
});

describe('a finding that was gone and came back', () => {
  const of = { name: 'a', version: '1' } as FindingInterval['package'];
  const interval = (first: FindingStep, ended?: FindingStep): FindingInterval => ({
    ...{ id: 'CVE-2026-1', package: of, source: null, published: null, from: first.at, steps: [first] },
    ...{ until: ended?.at ?? null, ended: ended ?? null },
  });
  const detector = (at: number): FindingStep => ({ ...step(at), cause: { kind: 'detector' } });

  test.each<[string, readonly FindingInterval[], string, string | undefined]>([
    ['own data hid it', [interval(step(2), own(5)), interval(own(6))], 'any=10d', 'met 12'],
    [
      'own data hid it twice',
      [interval(step(2), own(5)), interval(own(6), own(7)), interval(own(8))],
      'any=10d',
      'met 12',
    ],
    ['own data hid it for long', [interval(step(2), own(3)), interval(own(8))], 'any=3d', 'overdue 5'],
    ['own data hid it with its fix', [interval(step(2, fix), own(5)), interval(own(6, fix))], 'fix=10d', 'met 12'],
    ['a fix came meanwhile', [interval(step(2), own(5)), interval(own(6, fix))], 'fix=10d', 'met 16'],
    ['other detectors did not find it', [interval(step(2), detector(5)), interval(detector(6))], 'any=10d', 'met 12'],
    ['a feed withdrew it', [interval(step(2), step(5)), interval(step(6))], 'any=10d', 'met 16'],
    [
      'own data hid it after a feed had withdrawn it',
      [interval(step(2), step(3)), interval(step(4), own(5)), interval(own(6))],
      'any=10d',
      'met 14',
    ],
    ['another flaw', [{ ...interval(step(2), own(5)), id: 'CVE-2' }, interval(own(6))], 'any=10d', 'met 16'],
  ])('as %s', (_title, intervals, rules, expected) => {
    const last = intervals.at(-1)!;
    const dated = { ...last, suspended: suspendedIntervals(intervals).get(last) ?? [] };
    const found = intervalDeadline(dated, { indexedAt: day(1), at: day(9) }, policyOf(rules));
    expect(found && `${found.state} ${new Date(found.deadline).getUTCDate()}`).toBe(expected);
  });

  test('counts from indexing, where that was later', () => {
    const last = interval(own(6));
    const dated = { ...last, suspended: [interval(step(2), own(5))] };
    expect(intervalDeadline(dated, { indexedAt: day(4), at: day(9) }, policyOf('any=10d'))?.deadline).toBe(day(14));
    expect(intervalDeadline(dated, { indexedAt: day(4), at: day(5) }, policyOf('any=10d'))).toBeUndefined();
  });
});
