import type { Severity } from '@clarion/model';
import { deadlineOf, type DeadlineFacts, type FindingKnown } from './deadline-of';
import { parseDeadlines } from './deadline-policy';

const exploitedBy = (dueDate: string | null): DeadlineFacts['knownExploited'] => ({
  dateAdded: '2026-03-01',
  dueDate,
  requiredAction: null,
  ransomware: false,
});
const finding = (severity: Severity, more: Partial<DeadlineFacts> = {}): DeadlineFacts => ({
  severity,
  knownExploited: null,
  ...more,
});
const known = (firstKnown: string, more: Partial<FindingKnown> = {}): FindingKnown => ({ firstKnown, ...more });
const noticeMillis = 7 * 24 * 3_600_000;

const rows: readonly (readonly [
  what: string,
  rules: string,
  of: DeadlineFacts,
  known: FindingKnown,
  now: string,
  deadline: string | undefined,
  state: string | undefined,
])[] = [
  [
    'time left',
    'High=30d',
    finding('High'),
    known('2026-01-01T00:00:00Z'),
    '2026-01-23T23:59:59Z',
    '2026-01-31',
    'met',
  ],
  ['near', 'High=30d', finding('High'), known('2026-01-01T00:00:00Z'), '2026-01-24T00:00:00Z', '2026-01-31', 'due'],
  [
    'the last moment',
    'High=30d',
    finding('High'),
    known('2026-01-01T00:00:00Z'),
    '2026-01-31T00:00:00Z',
    '2026-01-31',
    'due',
  ],
  [
    'over',
    'High=30d',
    finding('High'),
    known('2026-01-01T00:00:00Z'),
    '2026-01-31T00:00:00.001Z',
    '2026-01-31',
    'overdue',
  ],
  [
    'another severity',
    'High=30d',
    finding('Low'),
    known('2026-01-01T00:00:00Z'),
    '2027-01-01T00:00:00Z',
    undefined,
    undefined,
  ],
  [
    'first rule',
    'exploited=1d,any=90d',
    finding('Low', { knownExploited: exploitedBy(null) }),
    known('2026-03-05T00:00:00Z'),
    '2026-03-05T12:00:00Z',
    '2026-03-06',
    'due',
  ],
  [
    'known before it was listed',
    'exploited=14d',
    finding('Low', { knownExploited: exploitedBy(null) }),
    known('2026-01-05T00:00:00Z'),
    '2026-03-02T00:00:00Z',
    '2026-03-15',
    'met',
  ],
  [
    'without a fix',
    'High+fix=30d',
    finding('High'),
    known('2026-01-01T00:00:00Z'),
    '2027-01-01T00:00:00Z',
    undefined,
    undefined,
  ],
  [
    'from the fix on',
    'High+fix=30d',
    finding('High'),
    known('2026-01-01T00:00:00Z', { fixKnown: '2026-02-01T00:00:00Z' }),
    '2026-02-02T00:00:00Z',
    '2026-03-03',
    'met',
  ],
  [
    'date of the catalogue',
    'exploited=catalogue',
    finding('Low', { knownExploited: exploitedBy('2026-03-22') }),
    known('2026-03-01T00:00:00Z'),
    '2026-03-22T20:00:00Z',
    '2026-03-22T23:59:59',
    'due',
  ],
  [
    'a date before it was known',
    'exploited=catalogue',
    finding('Low', { knownExploited: exploitedBy('2026-03-22') }),
    known('2026-05-01T00:00:00Z'),
    '2026-05-02T00:00:00Z',
    '2026-05-01',
    'overdue',
  ],
  [
    'no date',
    'exploited=catalogue',
    finding('Low', { knownExploited: exploitedBy(null) }),
    known('2026-05-01T00:00:00Z'),
    '2026-05-02T00:00:00Z',
    undefined,
    undefined,
  ],
  [
    'gone in time',
    'any=30d',
    finding('Low'),
    known('2026-01-01T00:00:00Z', { until: '2026-01-30T00:00:00Z' }),
    '2026-06-01T00:00:00Z',
    '2026-01-31',
    'met',
  ],
  [
    'gone too late',
    'any=30d',
    finding('Low'),
    known('2026-01-01T00:00:00Z', { until: '2026-02-01T00:00:00Z' }),
    '2026-06-01T00:00:00Z',
    '2026-01-31',
    'overdue',
  ],
  [
    'a notice',
    'any=30d',
    finding('Low', { kind: 'informational' }),
    known('2026-01-01T00:00:00Z'),
    '2026-06-01T00:00:00Z',
    undefined,
    undefined,
  ],
  [
    'malicious',
    'any=30d',
    finding('Low', { kind: 'malicious' }),
    known('2026-01-01T00:00:00Z'),
    '2026-06-01T00:00:00Z',
    '2026-01-31',
    'overdue',
  ],
  [
    'uncertain',
    'any=30d',
    finding('Low', { certainty: 'other-architecture' }),
    known('2026-01-01T00:00:00Z'),
    '2026-06-01T00:00:00Z',
    undefined,
    undefined,
  ],
];

test.each(rows)('%s: %s', (_what, rules, of, since, now, deadline, state) => {
  const found = deadlineOf(of, since, { policy: { rules: parseDeadlines(rules), noticeMillis }, now: new Date(now) });
  expect(found?.state).toBe(state);
  if (deadline === undefined) expect(found).toBeUndefined();
  else expect(found?.deadline.startsWith(deadline)).toBe(true);
});
