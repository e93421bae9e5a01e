import type { ComparedMember, Finding } from '@clarion/model';
import { makeReport } from '@clarion/reporting';
import { deb, factsOf, fixed, group, imageOf, options } from '@clarion/test-kit/match-facts';
import { changedMembers, comparedFinding } from './compared-finding';

let finding: Finding;
beforeAll(async () => {
  const facts = factsOf([group('openssl', [fixed('CVE-2025-0001', '2.0', { severity: 'Low' })])]);
  const { findings } = await makeReport(imageOf([deb('openssl', '1.0')]), facts, options);
  [finding] = findings as [Finding];
});

const exploited = { dateAdded: '2026-01-01', dueDate: '2026-01-22', requiredAction: null, ransomware: false };
const moved = (of: Finding, more: Partial<Finding['package']>): Partial<Finding> => ({
  package: { ...of.package, ...more },
});

test.each<readonly [what: string, after: (before: Finding) => Partial<Finding>, changed: readonly ComparedMember[]]>([
  ['nothing', () => ({}), []],
  ['the id', () => ({ id: 'CVE-2025-0009' }), ['id']],
  ['the severity', () => ({ severity: 'Critical' }), ['severity']],
  ['a fix', () => ({ state: 'affected', fixedIn: null }), ['state', 'fixedIn']],
  ['the fix of the major line', () => ({ nearestFix: null }), ['nearestFix']],
  ['who offers the fix', () => ({ fixAvailableIn: 'ubuntu-pro' }), ['fixAvailableIn']],
  ['exploitation with a date', () => ({ knownExploited: exploited }), ['exploited', 'dueDate']],
  ['exploitation without one', () => ({ knownExploited: { ...exploited, dueDate: null } }), ['exploited']],
  ['what it is', () => ({ kind: 'malicious', certainty: 'other-architecture' }), ['kind', 'certainty']],
  ['the version of the package', (of) => moved(of, { version: '1.1', purl: 'pkg:deb/openssl@1.1' }), ['package']],
  ['the distribution', (of) => moved(of, { namespace: 'debian:13' }), ['package']],
  ['the architecture', (of) => moved(of, { architecture: 'arm64' }), ['package']],
  ['where the package is', (of) => moved(of, { path: 'a/b', layer: 'sha256:3' }), []],
  ['what nobody acts on', () => ({ aliases: ['X'], description: 'b', links: ['c'], published: 'd', cwes: ['e'] }), []],
  ['scores and ratings', () => ({ epss: { score: 1, percentile: 1, date: null }, severities: [] }), []],
])('a finding of which %s is different', (_what, after, changed) => {
  expect(changedMembers(finding, { ...finding, ...after(finding) })).toEqual(changed);
});

test('a finding as comparisons show it', () => {
  const shown = comparedFinding({ ...finding, knownExploited: exploited, kind: 'malicious' });
  expect(shown).toMatchObject({ id: 'CVE-2025-0001', exploited: true, dueDate: '2026-01-22', kind: 'malicious' });
  expect(shown).not.toHaveProperty('description');
  expect(comparedFinding(finding)).not.toHaveProperty('dueDate');
});
