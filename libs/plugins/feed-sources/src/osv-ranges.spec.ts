import { osvVersions } from './osv-ranges';

const range = (events: readonly object[], type = 'ECOSYSTEM'): object => ({ type, events });

describe('ranges of OSV events', () => {
  it.each([
    ['one fix', 'pep440', [{ introduced: '0' }, { fixed: '0.10' }], [{ fixed: '0.10' }]],
    ['no fix', 'npm', [{ introduced: '0' }], [{}]],
    [
      'a last version',
      'npm',
      [{ introduced: '1.0.0' }, { last_affected: '1.2.3' }],
      [{ introduced: '1.0.0', lastAffected: '1.2.3' }],
    ],
    [
      'several intervals, as the Kubernetes feed writes them',
      'semver',
      [
        { introduced: '1.3.0' },
        { fixed: '1.7.14' },
        { introduced: '1.8.0' },
        { fixed: '1.8.9' },
        { introduced: '1.9.0' },
      ],
      [{ introduced: '1.3.0', fixed: '1.7.14' }, { introduced: '1.8.0', fixed: '1.8.9' }, { introduced: '1.9.0' }],
    ],
    [
      'events in any order',
      'pep440',
      [{ fixed: '2.2.9' }, { introduced: '3.0' }, { fixed: '3.0.2' }, { introduced: '2.2' }],
      [
        { introduced: '2.2', fixed: '2.2.9' },
        { introduced: '3.0', fixed: '3.0.2' },
      ],
    ],
    [
      'the order of the ecosystem, not of text',
      'maven',
      [{ introduced: '1.10' }, { introduced: '1.2' }, { fixed: '1.9' }],
      [{ introduced: '1.2', fixed: '1.9' }, { introduced: '1.10' }],
    ],
    [
      'a fix where the next interval starts',
      'npm',
      [{ introduced: '0' }, { fixed: '2.0.0' }, { introduced: '2.0.0' }, { fixed: '2.1.0' }],
      [{ fixed: '2.0.0' }, { introduced: '2.0.0', fixed: '2.1.0' }],
    ],
    [
      'one version alone',
      'npm',
      [{ introduced: '2.0.0' }, { last_affected: '2.0.0' }],
      [{ introduced: '2.0.0', lastAffected: '2.0.0' }],
    ],
    ['nothing: introduced and fixed at once', 'npm', [{ introduced: '2.0.0' }, { fixed: '2.0.0' }], []],
    [
      'two introductions',
      'npm',
      [{ introduced: '1.0.0' }, { introduced: '1.5.0' }, { fixed: '2.0.0' }],
      [{ introduced: '1.0.0', fixed: '2.0.0' }],
    ],
    [
      'two fixes: the second fixes nothing',
      'npm',
      [{ introduced: '0' }, { fixed: '1.0.0' }, { fixed: '2.0.0' }],
      [{ fixed: '1.0.0' }],
    ],
    ['a limit', 'npm', [{ introduced: '1.0.0' }, { limit: '2.0.0' }], [{ introduced: '1.0.0', limit: '2.0.0' }]],
    [
      'the widest of several limits',
      'npm',
      [{ introduced: '0' }, { limit: '3.0.0' }, { limit: '2.0.0' }],
      [{ limit: '3.0.0' }],
    ],
    ['a limit of any version', 'npm', [{ introduced: '0' }, { limit: '*' }], [{}]],
    ['two kinds in one event', 'npm', [{ introduced: '0', fixed: '1.0.0' }], [{ fixed: '1.0.0' }]],
  ])('%s', (_, scheme, events, ranges) => {
    expect(osvVersions([range(events)], undefined, scheme)).toEqual({ ranges, versions: [], problems: [] });
  });

  it.each([
    ['unknown type', [{ type: 'CPE', events: [{ introduced: '0' }] }], 'Unknown type of range "CPE"'],
    ['no events', [range([])], 'Range without events'],
    ['no introduction', [range([{ fixed: '1.0' }])], 'Range that is introduced nowhere'],
    [
      'a version that is nested deeply',
      [range([{ introduced: JSON.parse('['.repeat(50_000) + ']'.repeat(50_000)) as unknown }])],
      'Range with an invalid version: an object',
    ],
    ['a number', [range([{ introduced: 0 }])], 'Range with an invalid version: 0'],
    [
      'a giant version',
      [range([{ introduced: '1'.repeat(201) }])],
      `Range with an invalid version: "${'1'.repeat(79)}`,
    ],
    ['no object', ['1.0'], 'Range is not an object'],
    ['too many events', [range(Array(2001).fill({ introduced: '0' }))], 'Range with more than 2000 events'],
  ])('are a problem: %s', (_, ranges, problem) => {
    expect(osvVersions(ranges, undefined, 'npm')).toEqual({ ranges: [], versions: [], problems: [problem] });
  });

  it('ignore commits', () => {
    const git = { type: 'GIT', repo: 'https://example.org/x', events: [{ introduced: '0' }, { fixed: 'a1b2' }] };
    expect(osvVersions([git, range([{ introduced: '1.0' }])], undefined, 'pep440').ranges).toEqual([
      { introduced: '1.0' },
    ]);
  });

  it('are kept unsorted and reported if the scheme cannot order a version', () => {
    const events = [{ introduced: '0' }, { fixed: 'not a version' }];
    expect(osvVersions([range(events)], undefined, 'npm')).toEqual({
      ranges: [{ fixed: 'not a version' }],
      versions: [],
      problems: ['Range with a version that npm cannot order'],
    });
  });

  it.each([
    ['npm', '1.0.0-rc.1', []],
    ['go', '1.0.0-rc.1', []],
    ['maven', '1.2.0', []],
    ['maven', '1.0.0-rc.1', ['SemVer range is read in the order of maven']],
  ])('of type SEMVER need the order of SemVer: %s with %s', (scheme, fixed, problems) => {
    const semver = range([{ introduced: '0' }, { fixed }], 'SEMVER');
    expect(osvVersions([semver], undefined, scheme)).toEqual({ ranges: [{ fixed }], versions: [], problems });
  });
});

describe('single versions', () => {
  const ranges = [range([{ introduced: '1.0' }, { fixed: '2.0' }])];

  it('are kept if no range includes them', () => {
    const versions = ['1.0', '1.5', '2.0', '2.0', '0.9', '1.9.9', 'tip', 7, ''];
    expect(osvVersions(ranges, versions, 'pep440').versions).toEqual(['2.0', '0.9', 'tip']);
  });

  it('are kept without ranges', () => {
    expect(osvVersions(undefined, ['6.6.6', '6.6.6 '], 'npm')).toEqual({
      ranges: [],
      versions: ['6.6.6'],
      problems: [],
    });
  });
});
