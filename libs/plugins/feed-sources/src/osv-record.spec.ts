import { type NamespaceRules, type OsvReading, readOsvRecord } from './osv-record';

const rulesByEcosystem = new Map<string, NamespaceRules>([
  ['npm', { namespace: 'npm', nameKind: 'binary', scheme: 'npm' }],
  ['PyPI', { namespace: 'pypi', nameKind: 'binary', scheme: 'pep440', normalise: (name) => name.toLowerCase() }],
  ['SUSE:Micro 5.5', { namespace: 'sle-micro:5.5', nameKind: 'binary', scheme: 'rpm', scope: { channel: 'ltss' } }],
]);
const reading: OsvReading = { feed: 'osv', subject: 'flaw', rulesOf: (ecosystem) => rulesByEcosystem.get(ecosystem) };

const affected = (changes: object = {}): object => ({
  package: { ecosystem: 'npm', name: 'lodash' },
  ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '4.17.12' }] }],
  ...changes,
});
const record = (changes: object = {}): object => ({
  schema_version: '1.6.0',
  id: 'GHSA-jf85-cpcp-j695',
  aliases: ['CVE-2019-10744'],
  affected: [affected()],
  ...changes,
});

/** Ids, aliases and advisory id of every advisory. */
function namesOf(value: object, how: Partial<OsvReading> = {}): unknown {
  return readOsvRecord(value, { ...reading, ...how })?.advisories.map(({ advisory: { id, aliases, advisory } }) =>
    Object.fromEntries(Object.entries({ id, aliases, advisory }).filter(([, value]) => value !== undefined)),
  );
}

describe('ids of an OSV record', () => {
  it.each([
    ['a CVE first', {}, [{ id: 'CVE-2019-10744', aliases: ['GHSA-jf85-cpcp-j695'], advisory: 'GHSA-jf85-cpcp-j695' }]],
    ['no alias', { aliases: undefined }, [{ id: 'GHSA-jf85-cpcp-j695' }]],
    [
      'a GHSA before other names',
      { id: 'PYSEC-2023-1', aliases: ['GHSA-jf85-cpcp-j695', 'BIT-x-1'] },
      [{ id: 'GHSA-jf85-cpcp-j695', aliases: ['PYSEC-2023-1', 'BIT-x-1'], advisory: 'PYSEC-2023-1' }],
    ],
    ['the CVE itself', { id: 'CVE-2019-10744', aliases: [] }, [{ id: 'CVE-2019-10744' }]],
    [
      'several CVEs: one advisory each, and no name makes them equal',
      { aliases: ['CVE-2020-11022', 'CVE-2020-11023', 'GHSA-aaaa-bbbb-cccc'] },
      [
        { id: 'CVE-2020-11022', advisory: 'GHSA-jf85-cpcp-j695' },
        { id: 'CVE-2020-11023', advisory: 'GHSA-jf85-cpcp-j695' },
      ],
    ],
    ['related ids are not names', { aliases: [], related: ['CVE-2019-1'] }, [{ id: 'GHSA-jf85-cpcp-j695' }]],
    ['damaged names are left out', { aliases: [7, '', 'a b', 'x'.repeat(200)] }, [{ id: 'GHSA-jf85-cpcp-j695' }]],
  ])('%s', (_, changes, names) => {
    expect(namesOf(record(changes))).toEqual(names);
  });

  it.each([
    [
      'each CVE that a bulletin mentions',
      { id: 'SUSE-SU-2024:1-1', aliases: [], related: ['CVE-2024-0001', 'bsc#1'], upstream: ['CVE-2024-0002'] },
      [
        { id: 'CVE-2024-0002', advisory: 'SUSE-SU-2024:1-1' },
        { id: 'CVE-2024-0001', advisory: 'SUSE-SU-2024:1-1' },
      ],
    ],
    ['none', { id: 'SUSE-RU-2024:1-1', aliases: [] }, []],
    [
      'the one in its own id',
      { id: 'UBUNTU-CVE-2024-0003', aliases: [] },
      [{ id: 'CVE-2024-0003', advisory: 'UBUNTU-CVE-2024-0003' }],
    ],
  ])('of bulletins: %s', (_, changes, names) => {
    expect(namesOf(record(changes), { subject: 'bulletin' })).toEqual(names);
  });

  it.each([{ id: undefined }, { id: 7 }, { id: 'a b' }, { id: '../../etc' }, { id: 'x'.repeat(129) }])(
    'are required: %p is not a record',
    (changes) => {
      expect(readOsvRecord(record(changes), reading)).toBeUndefined();
    },
  );
});

describe('advisories of an OSV record', () => {
  const read = (changes: object): unknown => {
    const found = readOsvRecord(record({ aliases: [], ...changes }), reading);
    return {
      advisories: found?.advisories.map(({ package: name, advisory }) => [name, advisory]),
      problems: found?.problems,
    };
  };
  const id = 'GHSA-jf85-cpcp-j695';

  it.each([
    ['fixed', {}, { id, state: 'fixed', ranges: [{ fixed: '4.17.12' }] }],
    [
      'without a fix',
      {
        affected: [
          affected({ ranges: [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { last_affected: '2.0.0' }] }] }),
        ],
      },
      { id, state: 'affected', ranges: [{ introduced: '1.0.0', lastAffected: '2.0.0' }] },
    ],
    [
      'of single versions',
      { affected: [affected({ ranges: undefined, versions: ['6.6.6'] })] },
      { id, state: 'affected', versions: ['6.6.6'] },
    ],
    [
      'rated by the record',
      { database_specific: { severity: 'MODERATE' }, published: '2019-07-10T19:45:23Z' },
      {
        id,
        state: 'fixed',
        ranges: [{ fixed: '4.17.12' }],
        severity: 'Medium',
        vendorSeverity: 'MODERATE',
        published: '2019-07-10T19:45:23Z',
      },
    ],
    [
      'rated for the package',
      { database_specific: { severity: 'LOW' }, affected: [affected({ database_specific: { severity: 'CRITICAL' } })] },
      { id, state: 'fixed', ranges: [{ fixed: '4.17.12' }], severity: 'Critical', vendorSeverity: 'CRITICAL' },
    ],
    [
      'rated in unknown words, published never',
      { database_specific: { severity: 'spooky' }, published: '0001-01-01T00:00:00Z' },
      { id, state: 'fixed', ranges: [{ fixed: '4.17.12' }], vendorSeverity: 'spooky' },
    ],
    [
      'informational',
      { affected: [affected({ database_specific: { informational: 'unmaintained' } })] },
      { id, state: 'fixed', ranges: [{ fixed: '4.17.12' }], kind: 'informational', reason: 'unmaintained' },
    ],
  ])('are %s', (_, changes, advisory) => {
    expect(read(changes)).toEqual({ advisories: [['lodash', advisory]], problems: [] });
  });

  it('of malicious packages have a separate kind', () => {
    const malicious = { id: 'MAL-2024-3991', summary: 'Malicious code in lodash (npm)', details: 'a long list' };
    expect(read(malicious)).toMatchObject({
      advisories: [
        ['lodash', { id: 'MAL-2024-3991', kind: 'malicious', severity: 'Critical', reason: malicious.summary }],
      ],
    });
    expect(readOsvRecord(record(malicious), reading)?.texts).toEqual([]);
  });

  it('are created only for the requested ecosystems, with their names and scopes', () => {
    const ofEach = [...rulesByEcosystem.keys(), 'SwiftURL'].map((ecosystem) =>
      affected({ package: { ecosystem, name: 'Twisted' }, ranges: undefined, versions: ['1'] }),
    );
    const found = readOsvRecord(record({ affected: ofEach }), reading);
    expect(
      found?.advisories.map(({ rules, package: name, advisory }) => [rules.namespace, name, advisory.scope]),
    ).toEqual([
      ['npm', 'Twisted', undefined],
      ['pypi', 'twisted', undefined],
      ['sle-micro:5.5', 'Twisted', { channel: 'ltss' }],
    ]);
    expect(found?.problems).toEqual([]);
  });

  it('are not created for an entry without versions, which is a problem unless the range is empty', () => {
    const empty = [{ type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.0.0' }] }];
    const git = [{ type: 'GIT', events: [{ introduced: '0' }] }];
    expect(read({ affected: [affected({ ranges: empty })] })).toEqual({ advisories: [], problems: [] });
    for (const ranges of [git, undefined, []]) {
      expect(read({ affected: [affected({ ranges })] })).toEqual({
        advisories: [],
        problems: ['npm lodash: No affected version is named'],
      });
    }
  });

  it.each([
    [null],
    [{}],
    [affected({ package: { ecosystem: 'npm', name: '' } })],
    [affected({ package: { ecosystem: 'npm', name: 'a\u0000b' } })],
    [affected({ package: { ecosystem: 'npm', name: 'x'.repeat(513) } })],
    [affected({ package: { name: 'lodash' } })],
  ])('are not created for an entry without a usable package: %p', (entry) => {
    expect(read({ affected: [entry, affected()] })).toMatchObject({
      advisories: [['lodash', { state: 'fixed' }]],
      problems: ['Affected entry without a package'],
    });
  });

  it('are not created for a withdrawn record: only its id is rejected', () => {
    expect(readOsvRecord(record({ withdrawn: '2024-08-21T16:25:56Z' }), reading)).toEqual({
      id,
      withdrawn: true,
      advisories: [],
      texts: [{ feed: 'osv', id, rejected: true }],
      problems: [],
    });
  });

  it('accept names with a meaning in JavaScript', () => {
    const text = JSON.stringify(record({ affected: [affected({ package: { ecosystem: 'npm', name: '__proto__' } })] }));
    const hostile: unknown = JSON.parse(
      text.replace('"schema_version"', '"__proto__":{"withdrawn":"2024-01-01"},"schema_version"'),
    );
    expect(readOsvRecord(hostile, reading)).toMatchObject({ withdrawn: false, advisories: [{ package: '__proto__' }] });
  });
});

describe('vulnerability record of an OSV record', () => {
  const vector = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:H/A:H';

  it('has the id of the vulnerability', () => {
    const value = record({
      summary: 'Prototype Pollution in lodash',
      details: 'Versions of lodash before 4.17.12 are vulnerable.',
      published: '2019-07-10T19:45:23Z',
      severity: [
        { type: 'CVSS_V3', score: vector },
        { type: 'Ubuntu', score: 'medium' },
        { type: 'CVSS_V3', score: 'CVSS:3.1/<script>' },
      ],
      database_specific: { severity: 'CRITICAL', cwe_ids: ['CWE-1321', 'CWE-x', 7] },
      references: [{ type: 'WEB', url: 'https://example.org/a' }, { url: 'javascript:alert(1)' }, { url: 7 }],
    });
    expect(readOsvRecord(value, reading)?.texts).toEqual([
      {
        feed: 'osv',
        id: 'CVE-2019-10744',
        aliases: ['GHSA-jf85-cpcp-j695'],
        description: 'Prototype Pollution in lodash\n\nVersions of lodash before 4.17.12 are vulnerable.',
        severity: 'Critical',
        cvss: [{ source: 'security-advisories@github.com', vector }],
        cwes: ['CWE-1321'],
        published: '2019-07-10T19:45:23Z',
        links: ['https://example.org/a'],
      },
    ]);
  });

  it.each([
    [{}, 'GHSA-jf85-cpcp-j695', ['CVE-2019-10744']],
    [{ id: 'PYSEC-2019-1', aliases: ['CVE-2019-10744'] }, 'PYSEC-2019-1', ['CVE-2019-10744']],
    [{ id: 'PYSEC-2019-1', aliases: ['GHSA-jf85-cpcp-j695'] }, 'PYSEC-2019-1', ['GHSA-jf85-cpcp-j695']],
  ])('has the id of its own record where others may describe the same vulnerability: %p', (changes, id, aliases) => {
    const texts = readOsvRecord(record(changes), { ...reading, textsByRecord: true })?.texts;
    expect(texts).toMatchObject([{ id, aliases }]);
    const unused = record({ ...changes, affected: [] });
    expect(readOsvRecord(unused, { ...reading, textsByRecord: true })?.texts).toEqual([]);
  });

  it('keeps the id of the OSV record if it names several vulnerabilities', () => {
    const value = record({ aliases: ['CVE-2020-11022', 'CVE-2020-11023'], summary: 'Two flaws' });
    expect(readOsvRecord(value, reading)?.texts).toEqual([
      { feed: 'osv', id: 'GHSA-jf85-cpcp-j695', description: 'Two flaws' },
    ]);
  });

  it('keeps the id of a bulletin, but has the CVE if the bulletin is about one CVE', () => {
    const of = (id: string): unknown =>
      readOsvRecord(record({ id, related: ['CVE-2024-0001'] }), { ...reading, subject: 'bulletin' })?.texts[0]?.id;
    expect([of('ALSA-2024:1'), of('UBUNTU-CVE-2024-0001')]).toEqual(['ALSA-2024:1', 'CVE-2024-0001']);
  });
});
