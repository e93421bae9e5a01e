import type { AdvisoryScope } from '@clarion/model';
import { by, fixed, line, now, rpm } from '@clarion/test-kit/match-facts';
import { applyPolicy } from './apply-policy';
import { reportOf } from '../testing/reports';

const alma = by('alma:8', 'rpm', 'binary');
const expat = (architecture: string, version = '2.2.5-4.el8', more = {}) =>
  rpm('expat', version, { namespace: 'alma:8', architecture, ...more });
const row = (version: string, scope: AdvisoryScope, id = 'CVE-2022-22822') => fixed(id, version, { scope });
const x64 = row('2.2.5-8.el8', { architectures: ['i686', 'x86_64'] });

describe('advisories for other architectures only', () => {
  it.each([
    ['older than the fix', expat('aarch64'), [x64], ['expat CVE-2022-22822 fixed 2.2.5-8.el8 Unknown']],
    ['with the fix', expat('aarch64', '2.2.5-8.el8'), [x64], []],
    [
      'another one has a row of its own',
      expat('aarch64', '2.2.5-5.el8'),
      [x64, row('2.2.5-5.el8', { architectures: ['aarch64'] })],
      [],
    ],
    ['a row for any architecture', expat('aarch64', '2.2.5-5.el8'), [x64, row('2.2.5-5.el8', {})], []],
    [
      'another flaw',
      expat('aarch64'),
      [x64, row('2.2.5-5.el8', { architectures: ['aarch64'] }, 'CVE-2022-1')],
      ['expat CVE-2022-1 fixed 2.2.5-5.el8 Unknown', 'expat CVE-2022-22822 fixed 2.2.5-8.el8 Unknown'],
    ],
    ['another stream too', expat('aarch64'), [row('2.2.5-8.el8', { architectures: ['x86_64'], module: 'a:1' })], []],
    [
      'sources',
      expat('aarch64'),
      [row('2.2.5-8.el8', { architectures: ['x86_64', 'src'] })],
      ['expat CVE-2022-22822 fixed 2.2.5-8.el8 Unknown'],
    ],
  ])('%s', async (_, feature, advisories, expected) => {
    const { findings } = await reportOf([feature], [alma('expat', advisories)]);
    expect(findings.map(line)).toEqual(expected);
  });

  it('are reported as less than certain, counted separately, and violate no policy unless asked for', async () => {
    const report = await reportOf([expat('aarch64'), expat('x86_64')], [alma('expat', [x64])]);
    expect(report.findings.map(({ certainty, package: { architecture } }) => [architecture, certainty])).toEqual([
      ['aarch64', 'other-architecture'],
      ['x86_64', undefined],
    ]);
    expect(report.findings[0]?.statements[0]?.reason).toBe(
      'reduced certainty: about another architecture (i686, x86_64)',
    );
    expect(report.summary).toMatchObject({ Unknown: 1 });
    expect(report.countedApart).toEqual({ malicious: 0, informational: 0, otherArchitecture: 1 });
    expect(applyPolicy(report, { failOn: 'Unknown', now }).violations).toHaveLength(1);
    expect(applyPolicy(report, { failOn: 'Unknown', now, otherArchitectures: true }).violations).toHaveLength(2);
  });
});
