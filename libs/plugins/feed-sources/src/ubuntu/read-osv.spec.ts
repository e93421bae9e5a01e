import type { Advisory } from '@clarion/model';
import { readOsv } from './read-osv';

const id = 'CVE-2024-6387';
const base = { id: `UBUNTU-${id}`, upstream: [id], published: '2024-07-01T13:15:00Z' };

interface Affected {
  readonly ecosystem?: string;
  readonly name?: string;
  readonly distro?: string;
  readonly fixed?: string;
  readonly [other: string]: unknown;
}

function affected({
  ecosystem = 'Ubuntu:22.04:LTS',
  name = 'openssh',
  distro = 'jammy',
  fixed,
  ...rest
}: Affected): unknown {
  const events = [{ introduced: '0' }, ...(fixed === undefined ? [] : [{ fixed }])];
  const purl = `pkg:deb/ubuntu/${name}@1?arch=source&distro=${distro}`;
  return { package: { ecosystem, name, purl }, ranges: [{ type: 'ECOSYSTEM', events }], ...rest };
}

/** The advisories about one package, without the id that all have. */
function advisoriesIn(entries: readonly unknown[], record: object = base): readonly Omit<Advisory, 'id'>[] {
  return readOsv({ ...record, affected: entries }).advisories.map(({ advisory: { id: named, ...facts } }) => {
    expect(named).toBe(id);
    return facts;
  });
}

const pro = { ecosystem: 'Ubuntu:Pro:18.04:LTS', distro: 'esm-infra/bionic' };
const esm = { scope: { channel: 'esm-infra' } };
const open: Omit<Advisory, 'id'> = { state: 'under_investigation', reason: 'listed without a fix' };

describe('OSV records of Ubuntu', () => {
  it.each<[string, readonly Affected[], readonly Omit<Advisory, 'id'>[]]>([
    ['a fix', [{ fixed: '1:8.9p1-3ubuntu0.10' }], [{ state: 'fixed', ranges: [{ fixed: '1:8.9p1-3ubuntu0.10' }] }]],
    ['no fix', [{}], [open]],
    ['fixed in 0, which is never affected', [{ fixed: '0' }], [{ state: 'not_affected' }]],
    [
      'published versions beside the range that contains them',
      [{ fixed: '1.0-2', versions: ['1.0-1', '1.0-1ubuntu1'] }],
      [{ state: 'fixed', ranges: [{ fixed: '1.0-2' }] }],
    ],
    [
      'single versions without a range',
      [{ ranges: [], versions: ['1.0-1'] }],
      [{ state: 'under_investigation', versions: ['1.0-1'], reason: 'listed without a fix' }],
    ],
    [
      'a priority of the package',
      [{ fixed: '2', ecosystem_specific: { ubuntu_priority: 'negligible' } }],
      [{ state: 'fixed', ranges: [{ fixed: '2' }], severity: 'Negligible', vendorSeverity: 'negligible' }],
    ],
    [
      'untriaged, which is not a severity',
      [{ fixed: '2', severity: [{ type: 'Ubuntu', score: 'untriaged' }] }],
      [{ state: 'fixed', ranges: [{ fixed: '2' }], vendorSeverity: 'untriaged' }],
    ],
    [
      'a fix for FIPS alone, which says nothing about the release',
      [{ ecosystem: 'Ubuntu:Pro:FIPS-updates:20.04:LTS', fixed: '1.fips.2' }],
      [{ state: 'fixed', ranges: [{ fixed: '1.fips.2' }], scope: { channel: 'fips-updates' } }],
    ],
    [
      'no fix in a channel, and no word of its release',
      [pro],
      [{ ...open, reason: 'listed in esm-infra without a fix' }],
    ],
    ['no fix for FIPS, which OpenVEX reports', [{ ecosystem: 'Ubuntu:Pro:FIPS:20.04:LTS' }], []],
    [
      'a fix for Pro alone: the release is affected up to it',
      [{ ...pro, fixed: '1+esm1' }],
      [
        { state: 'fixed', ranges: [{ fixed: '1+esm1' }], ...esm },
        { state: 'affected', ranges: [{ limit: '1+esm1' }], reason: 'fixed only in esm-infra: 1+esm1' },
      ],
    ],
  ])('%s', (_, entries, expected) => {
    expect(advisoriesIn(entries.map(affected))).toEqual(expected);
  });

  const bionic = { ecosystem: 'Ubuntu:18.04:LTS', distro: 'bionic' };

  it.each<[string, readonly Affected[], readonly string[]]>([
    [
      'Pro and release fixed',
      [
        { ...bionic, fixed: '1' },
        { ...pro, fixed: '1+esm1' },
      ],
      ['fixed', 'fixed esm-infra'],
    ],
    [
      'release open, Pro fixed',
      [bionic, { ...pro, fixed: '1+esm1' }],
      ['under_investigation', 'fixed esm-infra', 'affected'],
    ],
    [
      'release never affected, Pro fixed',
      [
        { ...bionic, fixed: '0' },
        { ...pro, fixed: '1+esm1' },
      ],
      ['not_affected', 'fixed esm-infra'],
    ],
    ['release and Pro open', [bionic, pro], ['under_investigation']],
    ['only Pro, open', [pro], ['under_investigation']],
    [
      'only the paid extension of Pro',
      [{ ecosystem: 'Ubuntu:Pro:14.04:LTS', distro: 'esm-infra-legacy/trusty', fixed: '1+esm9' }],
      ['fixed esm-infra-legacy', 'affected'],
    ],
    [
      'another package fixed in the release',
      [
        { ...bionic, name: 'b', fixed: '1' },
        { ...pro, fixed: '1' },
      ],
      ['fixed', 'fixed esm-infra', 'affected'],
    ],
    ['another release fixed', [{ fixed: '1' }, { ...pro, fixed: '1' }], ['fixed', 'fixed esm-infra', 'affected']],
  ])('%s', (_, entries, expected) => {
    const states = advisoriesIn(entries.map(affected)).map(({ state, scope }) =>
      [state, scope?.channel].filter(Boolean).join(' '),
    );
    expect(states).toEqual(expected);
  });

  it.each([
    ['upstream', { upstream: [id] }],
    ['related', { upstream: undefined, related: [id] }],
    ['aliases', { upstream: undefined, aliases: [id] }],
    ['nowhere but in the id', { upstream: undefined }],
    ['beside others, which it is not about', { upstream: [id, 'CVE-2006-5051'] }],
  ])('is about its own CVE, named %s', (_, where) => {
    expect(advisoriesIn([affected({ fixed: '2' })], { ...base, ...where })).toHaveLength(1);
  });

  it('keeps the words about the flaw, with the priority of the record or else the worst of its packages', () => {
    const cvss = { type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H' };
    const rated = { ...base, details: 'A race.', severity: [cvss, { type: 'Ubuntu', score: 'high' }] };
    expect(readOsv({ ...rated, affected: [] }).text).toEqual({
      feed: 'ubuntu',
      id,
      aliases: [`UBUNTU-${id}`],
      description: 'A race.',
      severity: 'High',
      cvss: [{ source: 'ubuntu', vector: cvss.score }],
      published: '2024-07-01T13:15:00Z',
    });
    const entries = ['low', 'medium', 'low'].map((word) =>
      affected({ fixed: '1', ecosystem_specific: { ubuntu_priority: word } }),
    );
    expect(readOsv({ ...base, affected: entries }).text?.severity).toBe('Medium');
    expect(advisoriesIn([affected({ fixed: '2' })], rated)).toMatchObject([
      { severity: 'High', vendorSeverity: 'high' },
    ]);
  });

  it('says nothing from a withdrawn record, and that an id was rejected only where the description says so', () => {
    const entries = [affected({ fixed: '2' })];
    const withdrawn = { ...base, withdrawn: '2025-01-01T00:00:00Z', affected: entries };
    expect(readOsv(withdrawn)).toEqual({ advisories: [], problems: [] });
    const rejected = { advisories: [], problems: [], text: { feed: 'ubuntu', id, rejected: true } };
    for (const details of ['** REJECT ** DO NOT USE', 'Rejected reason: no flaw']) {
      expect(readOsv({ ...base, details, affected: entries })).toEqual(rejected);
      expect(readOsv({ ...withdrawn, details })).toEqual(rejected);
    }
    expect(advisoriesIn(entries, { ...base, details: '** DISPUTED ** by its author' })).toHaveLength(1);
  });

  it('keeps of a notice its title and date', () => {
    const notice = { id: 'USN-6859-1', summary: 'openssh flaw', published: '2024-07-01T12:37:02Z' };
    expect(readOsv({ ...notice, affected: [affected({ fixed: '2' })] })).toEqual({
      advisories: [],
      problems: [],
      text: {
        feed: 'ubuntu',
        id: 'USN-6859-1',
        description: 'openssh flaw',
        published: '2024-07-01T12:37:02Z',
        links: ['https://ubuntu.com/security/notices/USN-6859-1'],
      },
    });
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'Record without an id'],
    ['a list', [], 'Record without an id'],
    ['a number for an id', { id: 7 }, 'Record without an id'],
    ['a livepatch notice', { id: 'LSN-0108-1' }, 'Unknown kind of id'],
    ['a text for a list', { ...base, affected: 'all' }, 'The list of affected packages is not a list'],
  ])('%s is a problem', (_, value, problem) => {
    expect(readOsv(value)).toMatchObject({ advisories: [], problems: [problem] });
  });

  it.each<[string, unknown, string]>([
    ['no object', 7, 'Affected entry without a package'],
    ['no package', { ranges: [] }, 'Affected entry without a package'],
    ['an invalid name', affected({ name: '../x' }), 'Ubuntu:22.04:LTS ../x: not a name of a package'],
    ['another distribution', affected({ ecosystem: 'Debian:12' }), 'Debian:12 openssh: unknown ecosystem'],
    ['no version', affected({ ranges: [] }), 'Ubuntu:22.04:LTS openssh: no affected version is named'],
    [
      'a range without events',
      affected({ ranges: [{ type: 'ECOSYSTEM' }] }),
      'Ubuntu:22.04:LTS openssh: Range without events',
    ],
  ])('an entry with %s is a problem, and the others stay', (_, entry, problem) => {
    const read = readOsv({ ...base, affected: [entry, affected({ fixed: '2' })] });
    expect(read.problems).toEqual([problem]);
    expect(read.advisories).toHaveLength(1);
  });
});
