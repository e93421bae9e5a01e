import type { Advisory } from '@clarion/model';
import type { ReadRecord } from './archive-record';
import { readVex } from './read-vex';

const id = 'CVE-2025-0167';
const needed = 'This package (for the given release) is vulnerable to the CVE and needs fixing.';
const decided =
  'This package (for the given release) is vulnerable to the CVE, the problem is understood, but the Ubuntu Security Team decided to not fix it.';
const absent = { status: 'not_affected', justification: 'vulnerable_code_not_present' };

function source(distro: string, version = '7.81.0-1'): string {
  return `pkg:deb/ubuntu/curl@${version}?arch=source&distro=${distro}`;
}

function read(...statements: readonly object[]): ReadRecord {
  const flaw = { vulnerability: { name: id } };
  return readVex({
    metadata: { '@context': 'https://openvex.dev/ns/v0.2.0' },
    statements: statements.map((statement) => ({ ...flaw, ...statement })),
  });
}

function advisoriesIn(...statements: readonly object[]): readonly Omit<Advisory, 'id'>[] {
  return read(...statements).advisories.map(({ advisory: { id: named, ...facts } }) => {
    expect(named).toBe(id);
    return facts;
  });
}

function of(...distros: readonly string[]): { readonly products: readonly object[] } {
  return { products: distros.map((distro) => ({ '@id': source(distro) })) };
}

describe('OpenVEX documents of Ubuntu', () => {
  it.each<[string, object, readonly Omit<Advisory, 'id'>[]]>([
    ['not affected', absent, [{ state: 'not_affected', reason: 'vulnerable_code_not_present' }]],
    ['not in the release at all', { status: 'not_affected', justification: 'component_not_present' }, []],
    [
      'not affected, why ever',
      { status: 'not_affected', impact_statement: 'CVE Notes: x' },
      [{ state: 'not_affected', reason: 'x' }],
    ],
    ['fixed, which the OSV record knows better', { status: 'fixed' }, []],
    ['under investigation', { status: 'under_investigation' }, [{ state: 'under_investigation' }]],
    ['needed', { status: 'affected', action_statement: needed }, [{ state: 'affected' }]],
    ['without an action', { status: 'affected' }, [{ state: 'affected' }]],
    [
      'not to be fixed',
      { status: 'affected', action_statement: `${decided} CVE Notes: deferred upstream` },
      [{ state: 'will_not_fix', reason: 'deferred upstream' }],
    ],
    [
      'no longer supported',
      { status: 'affected', action_statement: 'This package (for the given release) is no longer supported.' },
      [{ state: 'end_of_life' }],
    ],
    [
      'deferred',
      { status: 'affected', action_statement: 'This package is vulnerable, but a fix has been deferred.' },
      [{ state: 'fix_deferred' }],
    ],
    [
      'needed, with a note that names another word',
      { status: 'affected', action_statement: `${needed} CVE Notes: was deferred once` },
      [{ state: 'affected', reason: 'was deferred once' }],
    ],
    [
      'rated',
      { status: 'affected', status_notes: 'Ubuntu Security Team classified this CVE as of Medium priority.' },
      [{ state: 'affected', severity: 'Medium', vendorSeverity: 'medium' }],
    ],
  ])('%s', (_, statement, expected) => {
    expect(advisoriesIn({ ...statement, ...of('jammy') })).toEqual(expected);
  });

  it('follows source packages only, each in the release that it names', () => {
    const binaries = ['pkg:deb/ubuntu/libcurl4@7.81.0-1?arch=amd64', source('jammy').replace('source', 'arm64')];
    const products = [...binaries, source('noble'), source('questing')].map((purl) => ({ '@id': purl }));
    expect(read({ status: 'affected', products })).toEqual({
      problems: [],
      advisories: ['ubuntu:24.04', 'ubuntu:25.10'].map((namespace) => ({
        namespace,
        package: 'curl',
        advisory: { id, state: 'affected' },
      })),
    });
  });

  const legacy = { scope: { channel: 'esm-infra-legacy' } };

  it('limits "not affected" in a channel to that channel, from the named version on', () => {
    const product = { '@id': source('esm-infra-legacy/trusty', '7.35.0-1ubuntu2.20%2Besm18') };
    expect(advisoriesIn({ ...absent, products: [product] })).toEqual([
      {
        state: 'not_affected',
        reason: 'vulnerable_code_not_present',
        ranges: [{ introduced: '7.35.0-1ubuntu2.20+esm18' }],
        ...legacy,
      },
    ]);
  });

  it.each<[string, readonly object[], readonly string[]]>([
    ['open in a channel', [of('esm-infra/xenial')], ['affected esm-infra', 'affected']],
    ['open in both', [of('esm-infra/xenial', 'xenial')], ['affected esm-infra', 'affected']],
    ['fixed in the release', [of('esm-infra/xenial'), { status: 'fixed', ...of('xenial') }], ['affected esm-infra']],
    [
      'not in the release',
      [of('esm-apps/focal'), { ...absent, justification: 'component_not_present', ...of('focal') }],
      ['affected esm-apps'],
    ],
    [
      'not affected in the release',
      [of('esm-apps/focal'), { ...absent, ...of('focal') }],
      ['affected esm-apps', 'not_affected'],
    ],
    ['open for FIPS', [of('fips-updates/focal')], ['affected fips-updates']],
    ['of another release', [of('esm-infra/xenial', 'focal')], ['affected esm-infra', 'affected', 'affected']],
  ])('a flaw %s', (_, statements, expected) => {
    const states = advisoriesIn(...statements.map((statement) => ({ status: 'affected', ...statement })));
    expect(states.map(({ state, scope }) => [state, scope?.channel].filter(Boolean).join(' '))).toEqual(expected);
  });

  it('says that the release is followed in the channel only', () => {
    const notes = { action_statement: `${needed} CVE Notes: hard` };
    expect(advisoriesIn({ status: 'affected', ...notes, ...of('esm-infra/xenial') })).toEqual([
      { state: 'affected', reason: 'hard', scope: { channel: 'esm-infra' } },
      { state: 'affected', reason: 'followed in esm-infra only; hard' },
    ]);
  });

  it.each<[string, object, string]>([
    [
      'a notice',
      { vulnerability: { name: 'USN-7372-1' }, status: 'fixed', ...of('jammy') },
      'VEX statement about USN-7372-1',
    ],
    [
      'a source package of no release',
      { status: 'affected', products: [{ '@id': 'pkg:deb/ubuntu/curl@1?arch=source' }] },
      'Product pkg:deb/ubuntu/curl@1?arch=source is not a source package of a release',
    ],
    [
      'a package of another distribution',
      { status: 'affected', products: [{ '@id': 'pkg:rpm/redhat/curl@1?arch=source&distro=jammy' }] },
      'Product pkg:rpm/redhat/curl@1?arch=source&distro=jammy is not a source package of a release',
    ],
    ['no status', of('jammy'), 'VEX statement 1: unknown status nothing'],
  ])('%s is a problem, and the rest is read', (_, statement, problem) => {
    const found = read(statement, { ...absent, ...of('noble') });
    expect(found.problems).toEqual([problem]);
    expect(found.advisories).toHaveLength(1);
  });

  it('says nothing about an id that was rejected', () => {
    const [rejected, disputed] = ['** REJECT ** DO NOT USE THIS CANDIDATE NUMBER.', '** DISPUTED ** by its author'].map(
      (description) => ({ status: 'affected', vulnerability: { name: id, description }, ...of('jammy') }),
    );
    expect(read(rejected ?? {})).toEqual({ advisories: [], problems: [] });
    expect(advisoriesIn(disputed ?? {})).toHaveLength(1);
  });

  it('says nothing where nothing is stated', () => {
    expect(read()).toEqual({ advisories: [], problems: [] });
    expect(readVex({})).toEqual({ advisories: [], problems: ['No OpenVEX document'] });
  });
});
