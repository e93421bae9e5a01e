import type { ComparedFinding, ComparedImage, Comparison, FindingDifference } from '@clarion/history';
import { severities } from '@clarion/model';
import { renderComparison } from './render-comparison';

const none = Object.fromEntries(severities.map((severity) => [severity, 0])) as Comparison['summary']['added'];
const side: ComparedImage = {
  ...{ reference: 'app:1', digest: 'sha256:1', platform: 'linux/amd64', complete: true, incomplete: [] },
  ...{ baseLayers: 1, at: null, knownSince: null },
};
const finding: ComparedFinding = {
  ...{ id: 'CVE-1', aliases: [], severity: 'High', state: 'fixed', fixedIn: '2', exploited: false },
  package: {
    ...{ name: 'a', version: '1', namespace: 'debian:12', type: 'dpkg', architecture: null },
    ...{ path: 'p', layer: 'sha256:2', purl: 'pkg:deb/debian/a@1' },
  },
};
const upgraded: ComparedFinding = { ...finding, package: { ...finding.package, version: '1.1' } };
const comparison = (...items: readonly FindingDifference[]): Comparison => ({
  ...{ schemaVersion: 1, a: side, b: { ...side, reference: 'app:2', digest: null }, historyFrom: null, items },
  summary: { added: { ...none, High: 12 }, changed: none, gone: { ...none, Low: 3, Unknown: 4 }, unchanged: none },
});
const complete = { unchanged: false, incomplete: [] };

const rowOf = (difference: Partial<FindingDifference>): string | undefined => {
  const one = { change: 'changed', cause: 'data', place: 'base', changed: [], finding, before: null } as const;
  return renderComparison(comparison({ ...one, ...difference }), complete)
    .split('\n')
    .find((line) => line.startsWith('  '));
};

test.each<readonly [Partial<FindingDifference>, string]>([
  [{ change: 'added', cause: 'package' }, 'CVE-1  High  a 1  fixed in 2  package, base'],
  [{ change: 'gone', place: 'application' }, 'CVE-1  High  a 1  fixed in 2  data, application'],
  [
    { change: 'added', finding: { ...finding, exploited: true } },
    'CVE-1  High  a 1  fixed in 2  exploited, data, base',
  ],
  [
    { change: 'added', finding: { ...finding, kind: 'malicious', certainty: 'other-architecture' } },
    'CVE-1  High  a 1  fixed in 2  malicious, for other architectures, data, base',
  ],
  [
    {
      changed: ['severity', 'state', 'fixedIn'],
      before: { ...finding, severity: 'Low', state: 'affected', fixedIn: null },
    },
    'CVE-1  Low → High  a 1  affected → fixed in 2  data, base',
  ],
  [
    { cause: 'package', changed: ['package'], finding: upgraded, before: finding },
    'CVE-1  High  a 1 → 1.1  fixed in 2  package, base',
  ],
  [{ changed: ['id'], before: { ...finding, id: 'GHSA-1' } }, 'GHSA-1 → CVE-1  High  a 1  fixed in 2  data, base'],
  [
    {
      changed: ['exploited', 'dueDate'],
      finding: { ...finding, exploited: true, dueDate: '2026-02-01' },
      before: finding,
    },
    'CVE-1  High  a 1  fixed in 2  now exploited, due 2026-02-01, data, base',
  ],
  [
    { changed: ['exploited', 'dueDate', 'kind', 'certainty', 'nearestFix', 'fixAvailableIn'], before: finding },
    'CVE-1  High  a 1  fixed in 2  not exploited any more, not due any more, now a vulnerability, now certain, no near fix any more, no fix on offer any more, data, base',
  ],
  [
    {
      changed: ['nearestFix', 'fixAvailableIn'],
      finding: { ...finding, nearestFix: '1.9', fixAvailableIn: 'ubuntu-pro' },
      before: finding,
    },
    'CVE-1  High  a 1  fixed in 2  nearest fix 1.9, fix in ubuntu-pro, data, base',
  ],
])('%j is %s', (difference, expected) => {
  expect(rowOf(difference)).toBe(`  ${expected}`);
});

test('both sides, the findings by class, and their numbers', () => {
  const of = { cause: 'data', place: 'base', changed: [], finding, before: null } as const;
  const same: FindingDifference = { ...of, change: 'unchanged', cause: null, finding: { ...finding, id: 'CVE-2' } };
  const all = comparison(
    { ...of, change: 'added' },
    { ...of, change: 'gone', finding: { ...finding, id: 'CVE-3' } },
    same,
  );
  const text = renderComparison(
    { ...all, a: { ...side, at: '2026-01-01T00:00:00.000Z' } },
    { unchanged: false, incomplete: [[], ['no packages found', 'problems in layers or files: 1']] },
  );
  expect(text).toBe(
    `A: app:1 (sha256:1), as known at 2026-01-01T00:00:00.000Z
B: app:2
   incomplete, so findings may be missing: no packages found; problems in layers or files: 1

added (1):
  CVE-1  High  a 1  fixed in 2  data, base

gone (1):
  CVE-3  High  a 1  fixed in 2  data, base

           Critical  High  Medium  Low  Negligible  Unknown  Total
added             0    12       0    0           0        0     12
changed           0     0       0    0           0        0      0
gone              0     0       0    3           0        4      7
unchanged         0     0       0    0           0        0      0
`,
  );
  expect(renderComparison(all, { ...complete, unchanged: true })).toContain('\nunchanged (1):\n  CVE-2  ');
});

test('copies of a package are shown with their paths', () => {
  const of = { change: 'added', cause: 'package', place: 'base', changed: [], before: null } as const;
  const copyAt = (path: string): FindingDifference => ({
    ...of,
    finding: { ...finding, package: { ...finding.package, path } },
  });
  const text = renderComparison(comparison(copyAt('a.jar'), copyAt('b.jar')), complete);
  expect(text).toContain('fixed in 2  package, base, a.jar\n  CVE-1  High  a 1  fixed in 2  package, base, b.jar\n');
});
