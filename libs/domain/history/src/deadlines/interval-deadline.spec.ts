import { parseDeadlines } from '@clarion/policy';
import type { FindingStep } from '../timeline/finding-history';
import { intervalDeadline } from './interval-deadline';

const day = (number: number): string => new Date(Date.UTC(2026, 0, number)).toISOString();
const policyOf = (rules: string) => ({ rules: parseDeadlines(rules), noticeMillis: 2 * 24 * 3_600_000 });

type Said = Partial<Pick<FindingStep, 'fixedIn' | 'exploited' | 'dueDate' | 'severity'>>;

function step(at: number, said: Said = {}): FindingStep {
  const cause = { kind: 'data', feed: 'debian', update: `u${at}` } as const;
  const known = { state: 'affected', fixedIn: null, severity: 'High', exploited: false } as const;
  return { at: day(at), cause, ids: ['CVE-2026-1'], ...known, ...said };
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
  'not yet gone': { rules: 'any=10d', steps: [step(5)], until: 16, at: 14, expected: 'due 15' },
};

test.each(Object.entries(rows))('%s', (_title, { rules, steps, until, indexed = 1, at, expected }) => {
  const interval = { from: steps[0]?.at ?? '', until: until === undefined ? null : day(until), steps };
  const found = intervalDeadline(interval, { indexedAt: day(indexed), at: day(at) }, policyOf(rules));
  expect(found && `${found.state} ${new Date(found.deadline).getUTCDate()}`).toBe(expected);
});
