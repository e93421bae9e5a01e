import type { Advisory, PlacedFeature } from '@clarion/model';
import { by, deb, now } from '@clarion/test-kit/match-facts';
import { applyPolicy, type ScanPolicy } from './apply-policy';
import { type DisplayFilter, filterFindings } from './filter-findings';
import { reportOf } from '../testing/reports';

const npm = by('npm', 'npm', 'binary');
const installed = (more: Partial<PlacedFeature> = {}): PlacedFeature =>
  deb('a', '1.0.0', { type: 'npm', namespace: 'npm', path: 'node_modules/a/package.json', ...more });
const flaw: Advisory = { id: 'CVE-2024-1000', state: 'fixed', ranges: [{ fixed: '2.0.0' }], severity: 'High' };
const notice: Advisory = { id: 'RUSTSEC-2024-1', state: 'affected', kind: 'informational', reason: 'unmaintained' };
const malicious: Advisory = { id: 'MAL-2024-1', state: 'affected', kind: 'malicious', severity: 'Critical' };
/** A record of GitHub that rates the malicious package low. */
const low: Advisory = { id: 'GHSA-aaaa-bbbb-cccc', aliases: ['MAL-2024-1'], state: 'affected', severity: 'Low' };
const exact = installed();
const inferred = installed({ confidence: 'inferred' });

describe('a gate', () => {
  it.each<readonly [string, PlacedFeature, readonly Advisory[], ScanPolicy, readonly string[]]>([
    ['counts no notices', exact, [notice, flaw], { failOn: 'Unknown' }, [flaw.id]],
    [
      'counts notices of any severity when asked',
      exact,
      [notice],
      { failOn: 'High', informational: true },
      [notice.id],
    ],
    ['counts no notice without a severity to fail on', exact, [notice], { informational: true }, []],
    [
      'counts no notice without a fix when those are ignored',
      exact,
      [notice],
      { failOn: 'High', informational: true, ignoreUnfixed: true },
      [],
    ],
    [
      'counts malicious packages, fix or no fix',
      exact,
      [malicious],
      { failOn: 'Critical', ignoreUnfixed: true },
      [malicious.id],
    ],
    [
      'counts a malicious package as Critical, however it is rated',
      exact,
      [malicious, low],
      { failOn: 'Critical' },
      [low.id],
    ],
    ['counts inferred packages', inferred, [flaw], { failOn: 'High' }, [flaw.id]],
    ['counts exact packages then too', exact, [flaw], { failOn: 'High', allowInferred: true }, [flaw.id]],
  ])('%s', async (_, feature, advisories, policy, expected) => {
    const report = await reportOf([feature], [npm('a', advisories)]);
    const result = applyPolicy(report, { now, ...policy });
    expect(result.violations.map(({ id }) => id)).toEqual(expected);
    expect(result.inferred).toBeUndefined();
    expect(result.unrated).toBeUndefined();
  });
});

it('a gate counts no inferred packages when allowed, and says how many it would have counted', async () => {
  const report = await reportOf([inferred], [npm('a', [flaw, malicious])]);
  const {
    violations,
    inferred: accepted,
    exitCode,
  } = applyPolicy(report, { failOn: 'High', allowInferred: true, now });
  expect([violations, accepted, exitCode]).toEqual([[], 2, 0]);
});

it('what is shown is counted in all ways', async () => {
  const twice = [exact, installed({ path: 'node_modules/b/node_modules/a/package.json' })];
  const report = await reportOf(twice, [npm('a', [flaw, notice, malicious])]);
  expect(report.totals).toEqual({ uniqueVulnerabilities: 1, occurrences: 2 });
  expect(report.countedApart).toEqual({ malicious: 2, informational: 2, otherArchitecture: 0 });
  const shown = filterFindings(report, { ignoreUnfixed: true });
  expect(shown.totals).toEqual({ uniqueVulnerabilities: 1, occurrences: 2 });
  expect(filterFindings(report, { severities: ['Low'] }).totals).toEqual({ uniqueVulnerabilities: 0, occurrences: 0 });
});

it.each<readonly [string, DisplayFilter, string]>([
  ['without a fix', { ignoreUnfixed: true }, 'unfixed'],
  ['of other severities', { severities: ['Low'] }, 'severity'],
  ['of kernel headers', { hideKernelHeaders: { except: [] } }, 'kernelHeaders'],
])('a malicious package is shown and counted where findings %s are not', async (_, filter, reason) => {
  const name = 'linux-headers';
  const unfixed: Advisory = { id: 'CVE-2024-1001', state: 'affected', severity: 'High' };
  const report = await reportOf([installed({ name })], [npm(name, [unfixed, malicious])]);
  const { findings, countedApart, filtered } = filterFindings(report, filter);
  expect(findings.map(({ id }) => id)).toEqual([malicious.id]);
  expect(countedApart).toEqual({ malicious: 1, informational: 0, otherArchitecture: 0 });
  expect(filtered).toEqual({ unfixed: 0, kernelHeaders: 0, severity: 0, [reason]: 1 });
});
