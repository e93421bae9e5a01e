import { clarionV1 } from '@clarion/proto';
import type { FindingTimeline } from '@clarion/use-cases';
import { encodeFindingTimeline } from './history-messages';

const time = (day: number): string => `2026-01-0${day}T00:00:00.000Z`;

/** With every member that REST has. */
const finding: Required<FindingTimeline> = {
  id: 'CVE-2026-1',
  package: {
    ...{ name: 'libssl3', version: '3.0.11-1', namespace: 'debian:12', type: 'dpkg', architecture: 'amd64' },
    ...{ path: 'var/lib/dpkg/status', layer: 'sha256:00', purl: 'pkg:deb/debian/libssl3@3.0.11-1' },
  },
  source: { name: 'openssl', version: '3.0.11-1' },
  from: time(1),
  until: time(4),
  ended: { at: time(4), cause: { kind: 'exception', feed: 'own-vulnerabilities', update: 'u4' } },
  steps: [
    {
      ...{
        at: time(1),
        cause: { kind: 'data', feed: 'nvd', update: 'u1', loaded: true },
        ids: ['CVE-2026-1', 'GHSA-1'],
      },
      ...{ state: 'fixed', fixedIn: '3.0.13-1', fixAvailableIn: 'esm', severity: 'High', exploited: true },
      ...{ dueDate: '2026-02-01', kind: 'malicious', certainty: 'other-architecture' },
    },
  ],
  firstKnown: time(1),
  fixKnown: time(2),
  published: '2025-12-01',
  deadline: { deadline: time(9), dueFrom: time(2), state: 'met', rule: 'any=8d' },
};

const { ended, steps, ...rest } = finding;
const [step] = steps;

test('a finding has all that REST says of it, on the wire too', () => {
  const message = clarionV1.FindingTimeline.encode(encodeFindingTimeline(finding)).finish();
  expect(clarionV1.FindingTimeline.decode(message)).toEqual({
    ...rest,
    // When it ended is `until`.
    ended: { ...ended?.cause, loaded: false },
    steps: [{ ...step, severity: clarionV1.Severity.SEVERITY_HIGH }],
  });
});

test('what a finding does not have is absent', () => {
  const {
    source,
    until,
    published,
    deadline,
    steps: encoded,
  } = encodeFindingTimeline({
    ...{ id: 'CVE-2026-1', package: { ...finding.package, architecture: null }, source: null, from: time(1) },
    ...{ until: null, ended: null, firstKnown: time(1), fixKnown: null, published: null },
    steps: [
      {
        ...{ at: time(1), cause: { kind: 'start' }, ids: ['CVE-2026-1'], state: 'affected', fixedIn: null },
        ...{ severity: 'Low', exploited: false },
      },
    ],
  });
  expect([source, until, published, deadline]).toEqual([undefined, undefined, undefined, undefined]);
  expect(encoded[0]).toMatchObject({ fixedIn: undefined, dueDate: undefined, kind: undefined });
});
