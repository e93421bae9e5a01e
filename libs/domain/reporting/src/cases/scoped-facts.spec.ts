import type { Advisory, Report, VulnerabilityRecord } from '@clarion/model';
import {
  alpineFeed,
  apk,
  deb,
  debianFeed,
  factsOf,
  fixed,
  group,
  imageOf,
  options,
  secdb,
} from '@clarion/test-kit/match-facts';
import type { FeedInfo } from '@clarion/matching';
import { noImage } from '../../testing/reports';
import { explainVulnerability } from '../explain/explain';
import { findingsOf } from '../findings/findings-of';
import { makeReport } from '../make-report';

// Which feeds take part follows from configuration and namespaces, never from what a store holds.

const cve = 'CVE-2024-1000';
const nvd: FeedInfo = { id: 'nvd', namespaces: [], rates: true, refreshMinutes: 120 };
const ubuntu: FeedInfo = { id: 'ubuntu', namespaces: ['ubuntu:*'], rates: true, refreshMinutes: 60 };
const off: FeedInfo = { ...debianFeed, id: 'debian-again', enabled: false };
const acme: FeedInfo = { id: 'acme@0123', name: 'acme', own: true, namespaces: [], refreshMinutes: 0 };
const feeds = [debianFeed, alpineFeed, nvd, ubuntu, off];

const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H';
const text = (feed: string): VulnerabilityRecord => ({
  feed,
  id: cve,
  description: `as ${feed} describes it`,
  severity: 'Critical',
  cvss: [{ source: 'x', vector }],
  epss: { score: 1 },
  links: [`https://${feed}.example/`],
});
const vendor = group('a', [fixed(cve, '2')]);

function report(
  extra: Partial<{ groups: (typeof vendor)[]; texts: VulnerabilityRecord[]; of: readonly FeedInfo[] }>,
): Promise<Report> {
  const { groups = [], texts = [], of = feeds } = extra;
  return makeReport(imageOf([deb('a', '1')]), factsOf([vendor, ...groups], { texts }), { ...options, feeds: of });
}

describe('a feed outside of the set of a namespace', () => {
  const plain = report({});
  test.each([
    [
      'that is about another distribution, though a group of it is here',
      { groups: [group('a', [fixed('CVE-2024-2', '9')], { feed: 'ubuntu' })] },
    ],
    [
      'that is off',
      {
        groups: [group('a', [fixed('CVE-2024-2', '9'), { id: cve, state: 'not_affected' as const }], { feed: off.id })],
      },
    ],
    [
      'of another project',
      { groups: [group('a', [{ id: cve, state: 'not_affected' as const }], { feed: 'acme@0123' })] },
    ],
    ['that this build does not know', { groups: [group('a', [fixed('CVE-2024-2', '9')], { feed: 'gone' })] }],
    ['decides no severity, description, score or link', { texts: [text('ubuntu'), text('gone'), text(off.id)] }],
  ])('%s', async (_, extra) => {
    expect(await report(extra)).toEqual(await plain);
  });

  test('decides nothing of packages of other namespaces of the same image either', async () => {
    const features = [deb('a', '1'), apk('a', '1')];
    const facts = factsOf([vendor, secdb('a', [fixed(cve, '2')])], { texts: [text('alpine-secdb')] });
    const { findings } = await makeReport(imageOf(features), facts, { ...options, feeds });
    const rated = findings.map(({ package: { namespace }, severity }) => `${namespace} ${severity}`);
    expect(rated.sort()).toEqual(['alpine:v3.20 Critical', 'debian:12 Unknown']);
  });
});

test('what describes vulnerabilities counts in every namespace', async () => {
  expect((await report({ texts: [text('nvd')] })).findings).toMatchObject([
    { severity: 'Critical', severitySource: 'nvd' },
  ]);
});

describe('own data', () => {
  const denied: Advisory = { id: cve, state: 'not_affected' };
  const own = (advisory: Advisory) => group('a', [advisory], { feed: acme.id });
  const of = [acme, ...feeds];

  test.each<[string, Advisory, number]>([
    ['that denies a flaw', denied, 1],
    ['that names a lower fix, which is installed', fixed(cve, '0.5'), 1],
    ['that denies a flaw which nobody states', { id: 'CVE-2024-9', state: 'not_affected' }, 0],
    ['that is about other versions', { id: cve, state: 'not_affected', versions: ['7'] }, 0],
    ['that says the same', fixed(cve, '2'), 0],
  ])('%s', async (_, advisory, expected) => {
    const { findings, suppressed } = await report({ groups: [own(advisory)], of });
    expect(suppressed).toEqual({
      findings: expected,
      sources: expected === 0 ? [] : [{ kind: 'own-data', id: 'acme', findings: expected }],
    });
    expect(findings).toHaveLength(1 - expected);
  });

  test('does not count what the vendor denies as well', async () => {
    const facts = factsOf([group('a', [denied]), own(denied)]);
    const reported = await makeReport(imageOf([deb('a', '1')]), facts, { ...options, feeds: of });
    expect(reported.suppressed.findings).toBe(0);
  });

  test('counts once per package, under the feed that comes first', async () => {
    const second: FeedInfo = { ...acme, id: 'second@1', name: 'second' };
    const facts = factsOf([vendor, own(denied), group('a', [denied], { feed: second.id })]);
    const features = [deb('a', '1'), deb('a-doc', '1', { source: { name: 'a', version: '1' } })];
    const { suppressed } = await makeReport(imageOf(features), facts, { ...options, feeds: [second, ...of] });
    expect(suppressed).toEqual({ findings: 2, sources: [{ kind: 'own-data', id: 'second', findings: 2 }] });
  });

  test('is shown by its name everywhere', async () => {
    const facts = factsOf([vendor, own(fixed(cve, '3', { severity: 'High' }))]);
    const reported = await makeReport(imageOf([deb('a', '1')]), facts, { ...options, feeds: of });
    expect(JSON.stringify(reported)).not.toContain('acme@');
    expect(reported.findings[0]).toMatchObject({ severitySource: 'acme', fixedIn: '3' });
    expect(reported.coverage.feeds.map(({ id, role }) => `${id} ${role}`)).toContain('acme own-data');
    const { packages } = await explainVulnerability(imageOf([deb('a', '1')]), facts, { id: cve, feeds: of });
    expect(packages[0]?.advisories.map(({ feed }) => feed)).toEqual(['acme', 'debian-security-tracker']);
    const { findings } = await findingsOf(imageOf([deb('a', '1')]), facts, { ...options, feeds: of });
    const unnamed = await makeReport(imageOf([deb('a', '1')], { image: noImage }), facts, { ...options, feeds: of });
    expect(findings).toEqual(unnamed.findings);
  });
});
