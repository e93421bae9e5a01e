import { deadlineOf, type DeadlineFacts, type FindingKnown } from './deadline-of';
import { parseDeadlines } from './deadline-policy';

const noticeMillis = 7 * 24 * 3_600_000;
const on = (day: string): string => `2026-${day}${day.includes('T') ? '' : 'T00:00:00'}Z`;

interface Row {
  readonly rules: string;
  readonly of: DeadlineFacts;
  readonly known: FindingKnown;
  readonly at: string;
  /** State and deadline; absent: there is none. */
  readonly expected?: string;
}

const high: DeadlineFacts = { severity: 'High' };
const low: DeadlineFacts = { severity: 'Low' };
const january: FindingKnown = { firstKnown: on('01-01') };
const exploited: FindingKnown = { firstKnown: on('03-05'), exploitedKnown: on('03-01') };

const rows: Readonly<Record<string, Row>> = {
  'time left': {
    rules: 'High=30d',
    of: high,
    known: january,
    at: on('01-23T23:59:59'),
    expected: 'met 2026-01-31T00:00:00',
  },
  near: { rules: 'High=30d', of: high, known: january, at: on('01-24'), expected: 'due 2026-01-31T00:00:00' },
  'the last moment': {
    rules: 'High=30d',
    of: high,
    known: january,
    at: on('01-31'),
    expected: 'due 2026-01-31T00:00:00',
  },
  over: {
    rules: 'High=30d',
    of: high,
    known: january,
    at: on('01-31T00:00:01'),
    expected: 'overdue 2026-01-31T00:00:00',
  },
  'another severity': { rules: 'High=30d', of: low, known: january, at: on('12-01') },
  'the first rule decides': {
    rules: 'exploited=1d,any=90d',
    of: low,
    known: exploited,
    at: on('03-05T12:00:00'),
    expected: 'due 2026-03-06T00:00:00',
  },
  'known before it was listed': {
    rules: 'exploited=14d',
    of: low,
    known: { ...exploited, firstKnown: on('01-05') },
    at: on('03-02'),
    expected: 'met 2026-03-15T00:00:00',
  },
  'not listed': { rules: 'exploited=14d', of: low, known: january, at: on('12-01') },
  'without a fix': { rules: 'High+fix=30d', of: high, known: january, at: on('12-01') },
  'from the fix on': {
    rules: 'High+fix=30d',
    of: high,
    known: { ...january, fixKnown: on('02-01') },
    at: on('02-02'),
    expected: 'met 2026-03-03T00:00:00',
  },
  'the date of the catalogue': {
    rules: 'exploited=catalogue',
    of: { ...low, dueDate: '2026-03-22' },
    known: exploited,
    at: on('03-22T20:00:00'),
    expected: 'due 2026-03-22T23:59:59',
  },
  'a date before it was known': {
    rules: 'exploited=catalogue',
    of: { ...low, dueDate: '2026-03-02' },
    known: exploited,
    at: on('03-06'),
    expected: 'overdue 2026-03-05T00:00:00',
  },
  'no date': { rules: 'exploited=catalogue', of: low, known: exploited, at: on('12-01') },
  'a date that cannot be read': {
    rules: 'exploited=catalogue',
    of: { ...low, dueDate: 'soon' },
    known: exploited,
    at: on('12-01'),
  },
  'gone in time': {
    rules: 'any=30d',
    of: low,
    known: { ...january, until: on('01-30') },
    at: on('06-01'),
    expected: 'met 2026-01-31T00:00:00',
  },
  'gone too late': {
    rules: 'any=30d',
    of: low,
    known: { ...january, until: on('02-01') },
    at: on('06-01'),
    expected: 'overdue 2026-01-31T00:00:00',
  },
  'a notice': { rules: 'any=30d', of: { ...low, kind: 'informational' }, known: january, at: on('06-01') },
  'a malicious package': {
    rules: 'any=30d',
    of: { ...low, kind: 'malicious' },
    known: january,
    at: on('06-01'),
    expected: 'overdue 2026-01-31T00:00:00',
  },
  uncertain: { rules: 'any=30d', of: { ...low, certainty: 'other-architecture' }, known: january, at: on('06-01') },
};

test.each(Object.entries(rows))('%s', (_title, { rules, of, known, at, expected }) => {
  const found = deadlineOf(of, known, { policy: { rules: parseDeadlines(rules), noticeMillis }, at });
  expect(found && `${found.state} ${found.deadline.slice(0, 19)}`).toBe(expected);
  expect(found && Date.parse(found.deadline) - Date.parse(found.dueFrom)).toBe(found && noticeMillis);
});
