import type { Finding, VulnerabilityRecord } from '@clarion/model';
import { deb, factsOf, feedsSaying, fixed, group, imageOf, options } from '@clarion/test-kit/match-facts';
import { makeReport } from '../make-report';

const cve = 'CVE-2023-5678';
const kev = { dateAdded: '2023-11-21', ransomware: true };

async function findingWith(texts: readonly VulnerabilityRecord[], aliases: readonly string[] = []): Promise<Finding> {
  const advisories = [group('openssl', [fixed(cve, '3.0.13', { aliases })])];
  const { findings } = await makeReport(imageOf([deb('openssl', '3.0.11')]), factsOf(advisories, { texts }), {
    ...options,
    feeds: feedsSaying([], texts).map((feed) => ({ ...feed, rates: feed.id === 'nvd' })),
  });
  return findings.find(({ id }) => id === cve)!;
}

describe('what is known about a vulnerability', () => {
  test.each<[string, readonly VulnerabilityRecord[], Partial<Finding>]>([
    ['nothing', [], { description: null, cwes: [], published: null, epss: null, knownExploited: null }],
    [
      'EPSS',
      [{ feed: 'epss', id: cve, epss: { score: 0.24, percentile: 0.95, date: '2025-11-20' } }],
      { epss: { score: 0.24, percentile: 0.95, date: '2025-11-20' } },
    ],
    [
      'EPSS of an old file',
      [{ feed: 'epss', id: cve, epss: { score: 0.24 } }],
      { epss: { score: 0.24, percentile: null, date: null } },
    ],
    [
      'KEV',
      [{ feed: 'cisa-kev', id: cve, knownExploited: { ...kev, dueDate: '2023-12-12', requiredAction: 'Apply.' } }],
      { knownExploited: { ...kev, dueDate: '2023-12-12', requiredAction: 'Apply.' } },
    ],
    [
      'KEV with the fewest members',
      [{ feed: 'cisa-kev', id: cve, knownExploited: kev }],
      { knownExploited: { ...kev, dueDate: null, requiredAction: null } },
    ],
    [
      'weaknesses of all feeds, each once',
      [
        { feed: 'nvd', id: cve, cwes: ['CWE-834', 'CWE-20'] },
        { feed: 'cisa-kev', id: cve, cwes: ['CWE-20'] },
      ],
      { cwes: ['CWE-20', 'CWE-834'] },
    ],
    [
      'the day NVD published it before that of others',
      [
        { feed: 'aaa', id: cve, published: '2020-01-01' },
        { feed: 'nvd', id: cve, published: '2023-11-06' },
      ],
      { published: '2023-11-06' },
    ],
    [
      'another feed before an NVD that rejected it',
      [
        { feed: 'nvd', id: cve, description: 'Rejected reason: …', rejected: true },
        { feed: 'zzz', id: cve, description: 'A flaw' },
      ],
      { description: 'A flaw' },
    ],
    [
      'why it was rejected, where nobody says more',
      [{ feed: 'nvd', id: cve, description: 'Rejected reason: …', rejected: true }],
      { description: 'Rejected reason: …' },
    ],
  ])('%s', async (_, texts, expected) => {
    expect(await findingWith(texts)).toMatchObject(expected);
  });

  test('is found under its other ids too, its own id first', async () => {
    const ghsa = 'GHSA-aaaa-bbbb-cccc';
    const texts: readonly VulnerabilityRecord[] = [
      { feed: 'osv', id: ghsa, description: 'By GitHub', cwes: ['CWE-79'] },
      { feed: 'osv', id: cve, description: 'By its own id' },
    ];
    const finding = await findingWith(texts, [ghsa]);
    expect(finding).toMatchObject({ id: cve, description: 'By its own id', cwes: ['CWE-79'] });
  });

  test('is never that of another CVE that the advisory mentions', async () => {
    const finding = await findingWith([{ feed: 'epss', id: 'CVE-2023-9999', epss: { score: 1 } }], ['CVE-2023-9999']);
    expect(finding.epss).toBeNull();
  });

  test('is read from the store in one request per report', async () => {
    const advisories = [group('openssl', [fixed(cve, '3.0.13'), fixed('CVE-2024-0727', '3.0.13')])];
    const facts = factsOf(advisories);
    const asked: (readonly string[])[] = [];
    const counting = {
      ...facts,
      vulnerabilities: (ids: readonly string[]) => {
        asked.push(ids);
        return facts.vulnerabilities(ids);
      },
    };
    await makeReport(imageOf([deb('openssl', '3.0.11'), deb('other', '1')]), counting, options);
    expect(asked).toEqual([[cve, 'CVE-2024-0727']]);
  });
});
