import type { Advisory, CvssVector, FindingSeverity, VulnerabilityRecord } from '@clarion/model';
import { apk, deb, factsOf, feedsSaying, fixed, group, imageOf, options, secdb } from '@clarion/test-kit/match-facts';
import { makeReport } from '../make-report';
import { parseSeverityOrder, severityOfScore } from './severity-choice';
import type { SeveritySourceKind } from './severity-source-kind';

const cve = 'CVE-2023-5678';
const v2 = 'AV:N/AC:L/Au:N/C:P/I:P/A:P'; // 7.5
const v30 = 'CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'; // 9.8
const v31 = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L'; // 5.3
const low31 = 'CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:N/I:N/A:L'; // 2.2
const v4 = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'; // 9.3

const nvd = (vector: string): CvssVector => ({ source: 'nvd@nist.gov', vector, primary: true });
const cna = (vector: string): CvssVector => ({ source: 'cna@example.org', vector, cna: true });
const adp = (vector: string): CvssVector => ({ source: 'adp@example.org', vector });

interface SeverityCase {
  /** The severity that the advisory gives for this package. */
  readonly advisory?: Advisory['severity'];
  readonly texts?: readonly Partial<VulnerabilityRecord>[];
  readonly order?: readonly SeveritySourceKind[];
}

async function choose({ advisory: severity, texts = [], order }: SeverityCase) {
  const advisory = fixed(cve, '3.0.13', severity === undefined ? {} : { severity });
  const records = texts.map((text) => ({ feed: 'nvd', id: cve, ...text }));
  const facts = factsOf([group('openssl', [advisory])], { texts: records });
  const { findings } = await makeReport(imageOf([deb('openssl', '3.0.11')]), facts, {
    ...options,
    feeds: feedsSaying([], records),
    ...(order === undefined ? {} : { severityOrder: order }),
  });
  const [finding] = findings;
  return { chosen: [finding?.severity, finding?.severitySource], severities: finding?.severities ?? [] };
}

describe('the severity of a finding', () => {
  test.each<[string, SeverityCase, readonly (string | null)[]]>([
    ['nobody says one', {}, ['Unknown', null]],
    ['the vendor before NVD', { advisory: 'Low', texts: [{ cvss: [nvd(v30)] }] }, ['Low', 'debian-security-tracker']],
    [
      'an unknown of the vendor is silence',
      { advisory: 'Unknown', texts: [{ cvss: [nvd(v30)] }] },
      ['Critical', 'nvd'],
    ],
    [
      'the word of the feed that made the advisory before NVD',
      { texts: [{ cvss: [nvd(v30)] }, { feed: 'debian-security-tracker', severity: 'Low' }] },
      ['Low', 'debian-security-tracker'],
    ],
    [
      'a vector of the feed that made the advisory before NVD',
      { texts: [{ cvss: [nvd(v30)] }, { feed: 'debian-security-tracker', cvss: [adp(v31)] }] },
      ['Medium', 'debian-security-tracker'],
    ],
    ['NVD before the CNA', { texts: [{ cvss: [cna(v30), nvd(v31)] }] }, ['Medium', 'nvd']],
    ['the CNA before others', { texts: [{ cvss: [adp(v30), cna(v31)] }] }, ['Medium', 'nvd']],
    ['anybody rather than nobody', { texts: [{ cvss: [adp(v31)] }] }, ['Medium', 'nvd']],
    ['the most trusted source, not the newest version', { texts: [{ cvss: [cna(v4), nvd(v31)] }] }, ['Medium', 'nvd']],
    ['v4.0 before v3.1', { texts: [{ cvss: [cna(v31), cna(v4)] }] }, ['Critical', 'nvd']],
    ['v3.1 before v3.0', { texts: [{ cvss: [cna(v30), cna(v31)] }] }, ['Medium', 'nvd']],
    ['v3.0 before v2', { texts: [{ cvss: [cna(v2), cna(v30)] }] }, ['Critical', 'nvd']],
    ['v2 where there is no other', { texts: [{ cvss: [nvd(v2)] }] }, ['High', 'nvd']],
    [
      'a vector before the word of another feed',
      { texts: [{ feed: 'zzz', severity: 'Low' }, { cvss: [adp(v31)] }] },
      ['Medium', 'nvd'],
    ],
    ['the word of another feed', { texts: [{ feed: 'zzz', severity: 'Low' }] }, ['Low', 'zzz']],
    ['a malformed vector is not a severity', { texts: [{ cvss: [nvd(`${v30}/ZZ:1`), cna(v31)] }] }, ['Medium', 'nvd']],
    ['a rejected id has none', { texts: [{ cvss: [nvd(v30)], rejected: true }] }, ['Unknown', null]],
    [
      'in another order where that is asked for',
      { advisory: 'Low', texts: [{ cvss: [nvd(v30), cna(v31)] }], order: ['cna'] },
      ['Medium', 'nvd'],
    ],
    [
      'in the usual order behind what is asked for',
      { advisory: 'Low', texts: [{ cvss: [nvd(v30)] }], order: ['cna'] },
      ['Low', 'debian-security-tracker'],
    ],
  ])('%s', async (_, said, expected) => {
    expect((await choose(said)).chosen).toEqual(expected);
  });

  test('all values are kept, most trusted first, each once', async () => {
    const texts = [
      { cvss: [nvd(v31), nvd(v2), cna(low31), adp(v4), adp(v4)] },
      { feed: 'another', severity: 'High' as const },
    ];
    const { severities } = await choose({ advisory: 'Low', texts });
    const value = (of: Partial<FindingSeverity>) => ({
      source: 'nvd',
      scoredBy: null,
      score: null,
      vector: null,
      ...of,
    });
    expect(severities).toEqual([
      value({ source: 'debian-security-tracker', severity: 'Low' }),
      value({ severity: 'Medium', scoredBy: 'nvd@nist.gov', score: 5.3, vector: v31 }),
      value({ severity: 'High', scoredBy: 'nvd@nist.gov', score: 7.5, vector: v2 }),
      value({ severity: 'Low', scoredBy: 'cna@example.org', score: 2.2, vector: low31 }),
      value({ severity: 'Critical', scoredBy: 'adp@example.org', score: 9.3, vector: v4 }),
      value({ source: 'another', severity: 'High' }),
    ]);
  });

  test('does not depend on the order of the records', async () => {
    const vectors = [nvd(v31), cna(v30), adp(v4), adp(v2)];
    const forwards = await choose({ texts: [{ cvss: vectors }, { feed: 'another', severity: 'High' }] });
    const backwards = await choose({
      texts: [{ feed: 'another', severity: 'High' }, { cvss: [...vectors].reverse() }],
    });
    expect(backwards).toEqual(forwards);
  });
});

test('rule 27: an Alpine finding is as severe as NVD or the CNA scores it', async () => {
  const groups = [secdb('openssl', [fixed('CVE-2024-0001', '3.1.4-r1'), fixed('CVE-2024-0002', '3.1.4-r1')])];
  const texts = [
    { feed: 'nvd', id: 'CVE-2024-0001', cvss: [cna(v31), nvd(v30)] },
    { feed: 'nvd', id: 'CVE-2024-0002', cvss: [cna(v31)] },
  ];
  const image = imageOf([apk('openssl', '3.1.0-r0')]);
  const { findings, summary } = await makeReport(image, factsOf(groups, { texts }), {
    ...options,
    feeds: feedsSaying([], texts),
  });
  expect(findings.map(({ id, severity, severitySource }) => [id, severity, severitySource])).toEqual([
    ['CVE-2024-0001', 'Critical', 'nvd'],
    ['CVE-2024-0002', 'Medium', 'nvd'],
  ]);
  expect(summary).toMatchObject({ Critical: 1, Medium: 1, Unknown: 0 });
});

describe('the scale of CVSS', () => {
  test.each([
    [0, 'Negligible', 'Low'],
    [0.1, 'Low', 'Low'],
    [3.9, 'Low', 'Low'],
    [4, 'Medium', 'Medium'],
    [6.9, 'Medium', 'Medium'],
    [7, 'High', 'High'],
    [8.9, 'High', 'High'],
    [9, 'Critical', 'High'],
    [10, 'Critical', 'High'],
  ])('%d is %s in v3 and v4, %s in v2', (score, newer, older) => {
    for (const vector of [v4, v31, v30]) expect(severityOfScore(score, vector)).toBe(newer);
    expect(severityOfScore(score, v2)).toBe(older);
  });
});

test('an order of severities is read from a list of names', () => {
  expect(parseSeverityOrder('nvd, Record')).toEqual(['nvd', 'record']);
  for (const bad of ['', 'vendor', 'nvd,', '__proto__']) {
    expect(() => parseSeverityOrder(bad)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
  }
});
